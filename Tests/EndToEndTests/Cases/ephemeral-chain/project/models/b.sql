{{ config(materialized='ephemeral') }}
with x as (select * from {{ ref('a') }}) select id + 1 as id from x
