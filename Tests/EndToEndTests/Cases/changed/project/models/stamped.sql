{{ config(materialized='table') }}
select code, now() as seen from {{ ref('regions') }}
