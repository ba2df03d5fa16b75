{{ config(materialized='incremental', incremental_strategy='microbatch', unique_key='id') }} select 1 as id
