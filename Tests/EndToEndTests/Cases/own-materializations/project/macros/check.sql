{% test dbt_utils_like(model, column_name, below) %}select * from {{ model }} where {{ column_name }} >= {{ below }}{% endtest %}
