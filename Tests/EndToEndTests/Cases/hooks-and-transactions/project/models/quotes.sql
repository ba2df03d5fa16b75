{{ config(materialized='table', post_hook="insert into {{ this }} values ('; commit')") }}
select 'a' as id
