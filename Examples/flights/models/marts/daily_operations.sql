{{
  config(
    materialized='incremental',
    unique_key='flight_date',
    incremental_strategy='delete+insert'
  )
}}

select
  flight_date,
  count(*) as scheduled,
  count(*) filter (where not is_cancelled) as flown,
  {{ percent('is_cancelled') }} as cancelled_percent,
  round(avg(departure_delay), 1) as mean_departure_delay_minutes,
  max(departure_delay) as worst_departure_delay_minutes
from {{ ref('stg_flights') }}
{%- if is_incremental() %}
-- Late corrections reach back a week.
where flight_date > (select max(flight_date) - 7 from {{ this }})
{%- endif %}
group by flight_date
