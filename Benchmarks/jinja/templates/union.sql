{%- set tables = [
  {'name': 'orders_eu', 'region': 'EU', 'columns': ['id', 'customer_id', 'total', 'currency', 'vat_rate']},
  {'name': 'orders_us', 'region': 'US', 'columns': ['id', 'customer_id', 'total', 'state_tax']},
  {'name': 'orders_apac', 'region': 'APAC', 'columns': ['id', 'customer_id', 'total', 'currency', '_loaded_at']}
] -%}
{%- set ns = namespace(columns=[]) -%}
{%- for table in tables -%}
  {%- for column in table.columns if column not in ns.columns and not column.startswith('_') -%}
    {%- do ns.columns.append(column) -%}
  {%- endfor -%}
{%- endfor -%}
{% for table in tables %}
select
  '{{ table.region | lower }}' as region,
  {%- for column in ns.columns %}
  {% if column in table.columns -%}
  cast({{ column }} as {{ 'decimal(18, 2)' if column in ('total', 'vat_rate', 'state_tax') else 'varchar' }}) as {{ column }}
  {%- else -%}
  null as {{ column }}
  {%- endif %}{% if not loop.last %},{% endif %}
  {%- endfor %}
from {{ ref('stg_' ~ table.name) }}
{%- if not loop.last %}
union all
{% endif -%}
{% endfor %}
