select * from {{ ref('customers') }} join {{ ref('countries') }} on true join {{ ref('stg_people') }} on true
