{% macro rows() %}
{%- if var('step') == 1 %}(values (1, 'a', 10), (2, 'b', 20), (3, 'c', 30)) as t(id, name, amount)
{%- elif var('step') == 2 %}(values (2, 'B', 21), (3, 'C', 31), (4, 'd', 40)) as t(id, name, amount)
{%- else %}(values (2, 'x', 1), (2, 'y', 2), (9, 'z', 3), (9, 'z', 4)) as t(id, name, amount)
{%- endif %}
{%- endmacro %}

{% macro get_incremental_insert_only_sql(arguments) %}
  {% set columns = arguments["dest_columns"] | map(attribute="quoted") | join(", ") %}
  insert into {{ arguments["target_relation"] }} ({{ columns }})
  select {{ columns }} from {{ arguments["temp_relation"] }}
  where {{ arguments["unique_key"] }} not in (select {{ arguments["unique_key"] }} from {{ arguments["target_relation"] }})
{% endmacro %}
