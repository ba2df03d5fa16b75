select
  days.tail_number,
  planes.manufacturer,
  planes.model,
  planes.seats,
  2013 - planes.built_in as age_years,
  count(*) as days_in_use,
  sum(days.flights)::bigint as flights,
  round(sum(days.minutes_in_air) / 60, 1) as hours_in_air,
  round(sum(days.minutes_in_air) / 60 / count(*), 2) as hours_in_air_a_day,
  sum(days.miles)::bigint as miles,
  sum(days.miles * planes.seats)::bigint as seat_miles
from {{ ref('int_aircraft_days') }} as days
left join {{ ref('stg_planes') }} as planes using (tail_number)
group by all
