select * from {{ ref('best') }} {{ log('x') }}
where '{{ var("colour") }}' <> 'red'
  and {{ dbt_utils_like('amount') }}
