{%- set columns = [
  {'name': 'customer_id', 'type': 'bigint', 'tests': ['not_null', 'unique'], 'pii': false},
  {'name': 'full_name', 'type': 'varchar', 'tests': [], 'pii': true},
  {'name': 'email', 'type': 'varchar', 'tests': ['not_null'], 'pii': true, 'mask': 'sha256'},
  {'name': 'signed_up_at', 'type': 'timestamp', 'tests': ['not_null'], 'pii': false},
  {'name': 'lifetime_value', 'type': 'decimal', 'precision': 12, 'scale': 2, 'tests': [], 'pii': false},
  {'name': 'country', 'type': 'varchar', 'tests': ['accepted_values'], 'pii': false}
] -%}
{%- set renames = {'full_name': 'name', 'signed_up_at': 'created_at'} -%}
{%- set defaults = dict(varchar="''", decimal='0', bigint='-1') -%}
-- personal: {{ columns | selectattr('pii') | map(attribute='name') | join(', ') }}
-- open: {{ columns | rejectattr('pii') | map(attribute='name') | map('upper') | list | length }} of {{ columns | length }}
select
{%- for column in columns %}
  {%- set target = renames.get(column.name, column.name) %}
  {%- set type = column.type ~ ('(' ~ column.precision ~ ', ' ~ column.scale ~ ')' if column.precision is defined else '') %}
  {%- if column.pii and column.mask is defined %}
  {{ column.mask }}(cast({{ column.name }} as {{ type }})) as {{ target }}
  {%- elif 'not_null' in column.tests %}
  coalesce(cast({{ column['name'] }} as {{ type }}), {{ defaults.get(column.type, 'null') }}) as {{ target }}
  {%- else %}
  cast({{ column.name }} as {{ type }}) as {{ target }}
  {%- endif %}{{ "," if not loop.last }}{{ "  -- " ~ column.tests | join(" and ") if column.tests }}
{%- endfor %}
from {{ ref('stg_customers') }}
{%- for name, value in renames | dictsort %}
-- {{ name }} is now {{ value }}
{%- endfor %}
