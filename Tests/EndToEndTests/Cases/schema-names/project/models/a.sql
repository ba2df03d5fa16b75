{{ config(schema='marts', alias='first') }}
select 1 as id
