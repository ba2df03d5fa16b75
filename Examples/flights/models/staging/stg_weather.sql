select
  origin as airport_code,
  time_hour at time zone 'UTC' as hour_utc,
  temp as temperature_f,
  -- No wind on earth is that fast: a broken sensor.
  case when wind_speed < 250 then wind_speed end as wind_mph,
  precip as rain_inches,
  visib as visibility_miles
from {{ source('nycflights13', 'weather') }}
