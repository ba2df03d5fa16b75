{{ config(materialized='table') }}
-- depends_on: {{ ref('grows') }}
select message from duckdb_logs_parsed('QueryLog') where message like '%from model.%'
