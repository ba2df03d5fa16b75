{{ config(materialized='table') }}
select 8 as id, 1 as customer_id, -1::decimal(10, 2) as amount
