{{ config(materialized='table') }}
select 'Ada' as name, 1 as id
