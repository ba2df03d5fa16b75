{{ config(materialized='table') }} select id, {{ doubled('amount') }} as amount from {{ ref('stg_orders') }}
