{{ config(severity='warn', tags=['slow']) }} select * from {{ ref('countries') }} where 1=0
