{% macro own_word() %}of the project{% endmacro %}
{% macro default__shed() %}{{ return('a shed of the yard') }}{% endmacro %}
