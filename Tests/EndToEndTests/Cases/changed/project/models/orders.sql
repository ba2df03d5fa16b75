{{ config(materialized='table') }}
select id, country, {{ cents('amount') }} as cents, {{ var('rate', 1) }} as rate from {{ ref('stg_orders') }}
