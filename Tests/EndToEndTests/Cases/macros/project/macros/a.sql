{% macro cents(column, digits=2) %}round({{ column }} / 100.0, {{ digits }}){% endmacro %}
{% macro names() %}{{ return(['a', 'b']) }}{% endmacro %}
{% macro count_rows(relation) %}{% if execute %}{{ return(run_query('select count(*) as n from ' ~ relation).columns[0].values()[0]) }}{% endif %}{% endmacro %}
