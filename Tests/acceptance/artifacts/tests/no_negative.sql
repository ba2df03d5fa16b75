{{ config(severity='error', tags=['s']) }}
select * from {{ ref('totals') }} where amount < 0
