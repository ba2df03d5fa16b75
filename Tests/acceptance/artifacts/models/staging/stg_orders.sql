{{ config(materialized='table', tags=['hot'], meta={'level': 2}, alias='orders_clean') }}

select order_id, country, amount, {{ double('amount') }} as twice
from {{ source('raw', 'orders') }}

