{{ config(
    materialized='incremental', incremental_strategy='microbatch', event_time='happened', begin='2024-01-01',
    batch_size='day', pre_hook="create table if not exists log (batch varchar)",
    post_hook="insert into log values ('{{ model.name }}')"
) }}
-- {{ model.batch.id if model.batch }}, of all of {{ ref('events').render() }}
select
  id, happened, is_fine, {{ "error('it broke')" if model.batch and model.batch.id == var('broken', '') else "'" ~ is_incremental() ~ "'" }} as note
from {{ ref('events') }}
