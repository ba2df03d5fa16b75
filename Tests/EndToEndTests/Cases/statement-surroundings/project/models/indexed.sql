{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['id', 'said']}]) }}
{% call set_sql_header(config) %}
create or replace temp macro plus(x) as x + 1;
set variable said = 'hello';
{% endcall %}
select plus(1) as id, getvariable('said') as said
