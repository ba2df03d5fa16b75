{{ config(materialized='incremental') }}
select {{ var('id') }} as id
