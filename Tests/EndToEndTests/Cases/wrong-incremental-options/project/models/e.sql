{{ config(materialized='incremental', incremental_strategy='merge', merge_update_columns=['a'], merge_exclude_columns=['b'], merge_update_set_expressions='x') }} select 1 as id
