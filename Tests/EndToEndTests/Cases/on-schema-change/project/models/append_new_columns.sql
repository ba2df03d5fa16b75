{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}
{% if var('step') == 1 %}
select 1 as id, 'a' as name, 1 as amount union all select 2, 'b', 2
{% else %}
select 2 as id, 'B' as name, date '2024-01-31' as day, 20000000000 as "the count"
{% endif %}
