{{ config(materialized='pair') }}
select id from {{ ref('events') }}
