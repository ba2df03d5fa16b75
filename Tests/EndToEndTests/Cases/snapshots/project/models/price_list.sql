{{ config(materialized='ephemeral') }}
{% if var('stage') == 1 %}
select 1 as id, 10 as price, 'a' as note union all select 2, 20, null
{% elif var('stage') == 2 %}
select 1 as id, 11 as price, 'a' as note
{% else %}
select 1 as id, 11::bigint as price, 'a' as note, 'EUR' as currency union all select 2, 20, null, 'EUR'
{% endif %}
