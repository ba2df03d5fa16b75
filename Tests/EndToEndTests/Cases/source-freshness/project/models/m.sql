{{ config(materialized='table', schema='raw', post_hook=[
  "create or replace table main_raw.rows as select 1 as id, timezone('UTC', now()) - interval 5 hour as loaded, current_date as day",
]) }}
select 1 as id
