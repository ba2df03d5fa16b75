{{ config(materialized='incremental', unique_key=['shop', 'item'], incremental_strategy='delete+insert') }}
select * from (values {{ var('rows') }}) as t(shop, item, price)
