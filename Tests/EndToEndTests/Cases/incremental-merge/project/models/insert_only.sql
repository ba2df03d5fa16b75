{{ config(materialized='incremental', incremental_strategy='insert_only', unique_key='id') }}
select * from {{ rows() }}
