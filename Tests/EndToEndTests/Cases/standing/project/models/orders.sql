{{ config(materialized='table') }}
select id, name, '{{ env_var("SHOP_REGION", "north") }}' as region
from {{ ref('stg_orders') }} left join {{ ref('countries') }} on code = country
