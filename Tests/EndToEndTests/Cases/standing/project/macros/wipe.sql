{% macro wipe() %}{% do run_query("delete from orders") %}{% endmacro %}
