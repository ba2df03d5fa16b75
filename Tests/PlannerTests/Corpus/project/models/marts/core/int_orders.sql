{{ config(materialized='ephemeral', meta={'owner': {'team': 'core'}}) }} select * from {{ ref('stg_orders') }}
