{{ config(
    materialized='incremental', incremental_strategy='microbatch', event_time='happened', begin='2024-01-01',
    batch_size='day', persist_docs={'relation': true, 'columns': true}
) }}
select * from {{ ref('events') }}
