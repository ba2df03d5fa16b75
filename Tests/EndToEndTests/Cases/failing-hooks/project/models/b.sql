{{ config(pre_hook="insert into no_such_table values (1)") }}
select 1 as id
