{% test above(model, column_name, limit_) %}
select {{ column_name }} from {{ model }} where {{ column_name }} > {{ limit_ }}
{% endtest %}
