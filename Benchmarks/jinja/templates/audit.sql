{%- macro audited(relation, owner='data', checks=[]) -%}
-- {{ relation.split('.') | last | replace('"', '') | title }}, owned by {{ owner.upper() }}
{%- for check in checks %}
-- {{ loop.index }}/{{ loop.length }}: {{ check | trim | capitalize }}
{%- endfor %}
{{ caller(relation) }}
{%- endmacro -%}

{%- macro hashed(columns) -%}
md5(concat_ws('|', {% for column in columns %}lower({{ column.strip() }}){{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro -%}

{%- set keys = 'customer_id, order_id ,line_number'.split(',') -%}
{%- set metrics %}sum(quantity) as quantity, sum(quantity * price) as revenue{% endset -%}
{% call(relation) audited(ref('fct_orders'), checks=['  not null: order_id ', 'unique: line_key']) %}
select
  {{ hashed(keys) }} as line_key,
  {{ keys | map('trim') | join(', ') }},
  {{ metrics }},
  {{ "'{}' as source_relation, '{}' as model".format(relation, 'audit') }}
from {{ relation }}
group by {% for key in keys %}{{ loop.index + 1 }}{% if not loop.last %}, {% endif %}{% endfor %}
{% endcall %}
{% call(relation) audited(source('erp', 'invoices'), owner='finance') -%}
select *, 'q' + '{{ 'invoices' | upper }}' as tag from {{ source('erp', 'invoices') }}
{%- endcall %}
