{{ config(materialized='view') }}
select id, status from {{ ref('by_time') }} where dbt_valid_to is null
