{{ config(access='public', materialized='ephemeral') }}
select 1 as id
