{{ config(enabled=false) }}
select * from {{ ref('totals') }}
