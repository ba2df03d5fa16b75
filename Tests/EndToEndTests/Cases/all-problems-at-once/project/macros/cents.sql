{% macro cents(x) %}{% if x %}{{ x / 100 }}{% endmacro %}
