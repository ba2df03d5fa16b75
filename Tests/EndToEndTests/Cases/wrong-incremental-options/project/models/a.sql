{{ config(materialized='incremental', incremental_strategy='merg') }} select 1 as id
