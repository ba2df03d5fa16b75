with staged as (select * from {{ ref('staged') }})
select
  id, upper(customer) as customer, amount * {{ var('rate') }} as total, {{ cents('amount') }} as cents,
  '{{ env_var('ZONE', 'earth') }}' as zone
from staged
