select
  carrier as carrier_code,
  regexp_replace(name, ' (Inc|Co)\.$', '') as carrier_name
from {{ source('nycflights13', 'airlines') }}
