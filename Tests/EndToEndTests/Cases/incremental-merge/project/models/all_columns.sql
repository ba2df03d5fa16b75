{{ config(materialized='incremental', incremental_strategy='merge', unique_key='ID') }}
select * from {{ rows() }}
