select
  tailnum as tail_number,
  year as built_in,
  manufacturer,
  model,
  engines,
  seats,
  engine as engine_type
from {{ source('nycflights13', 'planes') }}
