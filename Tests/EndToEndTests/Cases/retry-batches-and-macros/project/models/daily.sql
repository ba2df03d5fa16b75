{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='day', begin='2024-01-01') }}
select id, happened, {{ var('run', 0) }} as run
from {{ ref('events') }}
where id <> {{ var('bad', 0) }} or error('no')
