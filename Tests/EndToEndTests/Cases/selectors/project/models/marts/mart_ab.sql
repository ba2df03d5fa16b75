{{ config(tags=['hourly']) }}
select * from {{ ref('stg_a') }} join {{ ref('stg_b') }} using (id)
