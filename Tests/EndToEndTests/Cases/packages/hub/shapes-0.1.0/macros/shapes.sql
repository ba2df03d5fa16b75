{% macro round() %}{{ return('shapes') }}{% endmacro %}
