{% macro cents(x, scale=2) %}({{ x }} / 100){% endmacro %}
