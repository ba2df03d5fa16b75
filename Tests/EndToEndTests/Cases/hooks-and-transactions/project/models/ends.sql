{{ config(materialized='table', post_hook='select 1; commit') }}
select 1 as id
