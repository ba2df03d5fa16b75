select full_name from {{ ref('dim_customers') }}
