{{ config(materialized='table') }}
select i as id, date '2024-01-15' + i * interval 20 day as happened from range({{ var('count', 4) }}) as t(i)
