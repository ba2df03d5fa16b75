{{ config(materialized='table') }}
select 8::bigint as id, 1 as customer_id, 'x' as note
