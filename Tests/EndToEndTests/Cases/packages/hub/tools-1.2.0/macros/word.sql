{# A name alone means the own macro of the package in its own files, and the one of the project elsewhere. #}
{% macro own_word() %}of the package{% endmacro %}

{% macro word() %}{{ return(adapter.dispatch('word', 'tools')()) }}{% endmacro %}
{% macro default__word() %}{{ return('default') }}{% endmacro %}
{% macro duckdb__word() %}{{ return('for duckdb, by ' ~ shapes.round()) }}{% endmacro %}

{% test shorter_than(model, column_name, length) %}
select * from {{ model }} where length({{ column_name }}) >= {{ length }}
{% endtest %}
