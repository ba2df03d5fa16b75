{{ config(materialized='ephemeral') }}
select id, customer, amount::decimal(10, 2) as amount from {{ ref('raw_orders') }}
