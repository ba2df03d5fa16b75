{{ config(materialized='view') }}

-- What each aircraft did on each day it left New York.
select
  tail_number,
  flight_date,
  count(*) as flights,
  sum(minutes_in_air)::bigint as minutes_in_air,
  sum(miles)::bigint as miles
from {{ ref('stg_flights') }}
where tail_number is not null and not is_cancelled
group by all
