{% macro drop_regions() %}{% do run_query('drop table main.regions') %}{% endmacro %}
