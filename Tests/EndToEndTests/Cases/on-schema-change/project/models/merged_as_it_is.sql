{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id') }}
{% if var('step') == 1 %}
select 1 as id, 'a' as name, 1 as amount union all select 2, 'b', 2
{% else %}
select 2 as id, 20 as amount, true as is_new union all select 3, 30, true
{% endif %}
