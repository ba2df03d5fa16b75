select
  flights.carrier_code,
  carriers.carrier_name,
  count(*) as flights,
  {{ percent('flights.is_cancelled') }} as cancelled_percent,
  {{ percent('flights.arrival_delay >= ' ~ var('late_minutes'), among='flights.arrival_delay is not null') }} as late_percent,
  round(avg(flights.arrival_delay), 1) as mean_delay_minutes,
  quantile_disc(flights.arrival_delay, 0.9) as one_in_ten_waits_minutes
from {{ ref('stg_flights') }} as flights
join {{ ref('stg_carriers') }} as carriers using (carrier_code)
group by all
