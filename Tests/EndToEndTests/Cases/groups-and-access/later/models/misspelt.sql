{{ config(group='finanse') }}
select 1 as id
