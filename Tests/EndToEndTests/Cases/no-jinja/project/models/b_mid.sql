with people as (select * from main.people where id > 1)
select name from people
