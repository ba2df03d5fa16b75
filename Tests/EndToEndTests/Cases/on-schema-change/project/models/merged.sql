{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', on_schema_change='sync_all_columns') }}
{% if var('step') == 1 %}
select 1 as id, 'a' as name, 1 as amount union all select 2, 'b', 2
{% else %}
select 2 as id, 20000000000 as amount, true as is_new
{% endif %}
