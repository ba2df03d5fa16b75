  -- depends_on: {{ ref('stg_countries') }}
{{ config(
    materialized='incremental', unique_key='country', incremental_strategy='delete+insert',
    persist_docs={}, contract={'enforced': false}
) }}
select country, sum(amount) as amount, {{ dbt.current_timestamp() }} as at
from {{ ref('stg_orders') }}
{% if is_incremental() %}
where country not in (select country from {{ this }})
{% endif %}
group by 1
limit {{ var('limit') }}
