{{ config(materialized='ephemeral', group='sales', access='private') }}
select * from {{ ref('totals') }}
