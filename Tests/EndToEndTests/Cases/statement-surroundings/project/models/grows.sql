{{ config(materialized='incremental', indexes=[{'columns': ['id']}], sql_header="set variable ids = 1;") }}
select id + getvariable('ids') as id from {{ ref('indexed') }}
