select
  flights.origin,
  flights.destination,
  coalesce(airports.airport_name, flights.destination) as destination_name,
  count(*) as flights,
  count(distinct flights.carrier_code) as carriers,
  {{ percent('flights.is_cancelled') }} as cancelled_percent,
  {{ percent('flights.arrival_delay >= ' ~ var('late_minutes'), among='flights.arrival_delay is not null') }} as late_percent,
  median(flights.minutes_in_air) as usual_minutes_in_air,
  min(flights.miles) as miles
from {{ ref('stg_flights') }} as flights
left join {{ ref('stg_airports') }} as airports on flights.destination = airports.airport_code
group by all
