{% macro double(column) %}
  ({{ column }} * 2)
{% endmacro %}

{% macro dbt_utils_like(column, least=0) -%}
  {{ return(adapter.dispatch('dbt_utils_like')(column, least)) }}
{%- endmacro %}

{% macro default__dbt_utils_like(column, least) %}{{ double(column) }} > {{ least }}{% endmacro %}

{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
  {{ custom_alias_name if custom_alias_name else node.name }}
{%- endmacro %}
