{% test positive(model, column_name, at_least=0) %}
{{ config(severity="warn", tags=["own"]) }}
select * from {{ model }} where {{ column_name }} < {{ at_least }}
{% endtest %}
