{{ config(materialized='table') }}
select sum(amount) as amount from {{ source('shop', 'orders') }}
