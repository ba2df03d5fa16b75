{{ config(materialized='incremental') }}
select id from {{ ref('orders') }}
{% if is_incremental() %} where id not in (select id from {{ this }}) {% endif %}
