{% macro doubled(column) %}2 * {{ column }}{% endmacro %}
