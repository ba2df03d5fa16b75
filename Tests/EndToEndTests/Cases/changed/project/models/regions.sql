{{ config(materialized='table') }}
select code, name, '{{ env_var("SHOP_REGION", "all") }}' as region from {{ ref('countries') }}
