{{ config(materialized='table') }}
select 7 as id, 1 as customer_id, 10.5::decimal(10, 2) as amount
