{{ config(materialized='incremental', unique_key='id') }} select * from {{ ref('stg_customers') }} where id in (select customer_id from {{ ref('orders') }})
