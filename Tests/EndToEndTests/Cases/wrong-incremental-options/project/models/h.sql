{{ config(materialized='insert_by_periode') }} select 1 as id
