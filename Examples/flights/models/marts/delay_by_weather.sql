-- One row for each strength of wind, wet or dry.
select
  wind_force,
  wind_name,
  coalesce(rain_inches > 0, false) as is_raining,
  count(*) as flights,
  {{ percent('is_late') }} as late_percent,
  round(avg(departure_delay), 1) as mean_departure_delay_minutes,
  round(avg(arrival_delay), 1) as mean_arrival_delay_minutes
from {{ ref('int_arrivals') }}
where wind_force is not null
group by all
