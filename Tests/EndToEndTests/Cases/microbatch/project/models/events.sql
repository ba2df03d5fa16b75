{{ config(materialized='table', event_time='happened') }}
select i as id, timestamp '2024-01-01 06:00:00' + i * interval 12 hour as happened, i < {{ var('fine', 99) }} as is_fine
from range({{ var('count', 10) }}) as t(i)
