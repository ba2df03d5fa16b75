{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', begin='2024-01-01', batch_size='year', unique_key='id') }}
select 1 as id, timestamp '2024-01-01' as at
