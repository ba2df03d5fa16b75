{{ config(
    materialized='incremental', incremental_strategy='merge', unique_key='id',
    incremental_predicates=['DBT_INTERNAL_DEST.amount > 10'],
    merge_update_condition='DBT_INTERNAL_SOURCE.amount > 30',
    merge_update_set_expressions={'amount': 'DBT_INTERNAL_DEST.amount + DBT_INTERNAL_SOURCE.amount'}
) }}
select * from {{ rows() }}
