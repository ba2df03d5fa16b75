{% test rows_match(model, other) %}
select 1 from {{ model }} cross join {{ other }} where false
{% endtest %}
