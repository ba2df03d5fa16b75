select
  make_date(year, month, day) as flight_date,
  carrier as carrier_code,
  flight as flight_number,
  tailnum as tail_number,
  origin,
  dest as destination,
  make_timestamp(year, month, day, hour, minute, 0) as scheduled_departure,
  time_hour at time zone 'UTC' as departure_hour_utc,
  dep_delay as departure_delay,
  arr_delay as arrival_delay,
  air_time as minutes_in_air,
  distance as miles,
  dep_time is null as is_cancelled,
  -- It left, but no arrival delay was recorded: it landed elsewhere, or the record is incomplete.
  dep_time is not null and arr_delay is null as is_diverted
from {{ source('nycflights13', 'flights') }}
