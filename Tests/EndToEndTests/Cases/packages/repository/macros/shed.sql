{% macro shed() %}{{ return(adapter.dispatch('shed', 'sheds')()) }}{% endmacro %}
{% macro default__shed() %}{{ return('a shed') }}{% endmacro %}
