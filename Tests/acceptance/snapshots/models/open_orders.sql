{{ config(materialized='ephemeral') }}
select id, region, status, updated_at from {{ source('raw', 'orders') }} where status is not null
