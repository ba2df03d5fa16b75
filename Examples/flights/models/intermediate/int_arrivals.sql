-- Flights that arrived where they were meant to, with the wind they left in.
select
  flights.*,
  flights.arrival_delay >= {{ var('late_minutes') }} as is_late,
  weather.wind_mph,
  weather.rain_inches,
  weather.visibility_miles,
  wind.force as wind_force,
  wind.name as wind_name
from {{ ref('stg_flights') }} as flights
left join {{ ref('stg_weather') }} as weather
  on flights.origin = weather.airport_code and flights.departure_hour_utc = weather.hour_utc
left join {{ ref('wind_scale') }} as wind
  on weather.wind_mph >= wind.from_mph and weather.wind_mph < wind.below_mph
where not flights.is_cancelled and not flights.is_diverted
