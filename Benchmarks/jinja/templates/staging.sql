{{ config(materialized='view', tags=['staging', 'orders'], schema='stg') }}

{%- set source_columns = [
  {'name': 'order_id', 'type': 'integer', 'alias': 'id'},
  {'name': 'customer_id', 'type': 'integer'},
  {'name': 'ordered_at', 'type': 'timestamp', 'alias': 'ordered_at_utc'},
  {'name': 'status', 'type': 'varchar'},
  {'name': 'store_id', 'type': 'integer'},
  {'name': 'subtotal', 'type': 'decimal(18, 2)', 'default': 0},
  {'name': 'tax_paid', 'type': 'decimal(18, 2)', 'default': 0},
  {'name': 'order_total', 'type': 'decimal(18, 2)', 'default': 0}
] -%}

with source as (
  select * from {{ source('shop', 'raw_orders') }}
  {% if var('limit_rows', none) is not none -%}
  limit {{ var('limit_rows') }}
  {%- endif %}
),

renamed as (
  select
  {%- for column in source_columns %}
    {% if column.default is defined -%}
    coalesce(cast({{ column.name }} as {{ column.type }}), {{ column.default }})
    {%- else -%}
    cast({{ column.name }} as {{ column['type'] }})
    {%- endif %} as {{ column.alias | default(column.name) }}{{ ',' if not loop.last }}
  {%- endfor %}
  from source
)

select * from renamed
{% if is_incremental() %}
where ordered_at_utc > (select max(ordered_at_utc) from {{ this }})
{% endif %}
