select name from {{ ref('dim_customers', v=1) }}
union all
select family_name from {{ ref('shop', 'dim_customers', version='3') }}
