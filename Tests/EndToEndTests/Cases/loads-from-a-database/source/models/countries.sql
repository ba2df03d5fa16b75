{{ config(materialized='table') }}
select 'NO' as code, 'Norway' as name
