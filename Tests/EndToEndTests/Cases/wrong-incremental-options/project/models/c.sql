{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='week', begin='yesterday', lookback=-1) }} select 1 as id
