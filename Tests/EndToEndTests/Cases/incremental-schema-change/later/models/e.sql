{{ config(materialized='incremental') }}
select 2 as id, 'x' as kind
