{{ config(materialized='table') }}
select i as id, timestamp '2024-01-01' + i * interval 1 day as happened from range(3) as t(i)
