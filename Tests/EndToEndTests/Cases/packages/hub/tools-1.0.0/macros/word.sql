{% macro word() %}{{ return('old') }}{% endmacro %}
{% macro own_word() %}old{% endmacro %}
