{{ config(access='public') }}
select 1 as id
