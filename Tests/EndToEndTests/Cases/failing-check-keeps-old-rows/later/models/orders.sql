select 2 as id, 20 as amount
union all
select null, 30
