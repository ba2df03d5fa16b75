{%- set winds = {'calm': 'wind_force <= 3', 'breezy': 'wind_force between 4 and 5', 'windy': 'wind_force >= 6'} -%}

select
  arrivals.carrier_code,
  carriers.carrier_name,
  count(*) as flights,
  {{ percent('is_late') }} as late_percent,
  {%- for name, condition in winds.items() %}
  {{ percent('is_late', among=condition) }} as late_percent_{{ name }}{{ ',' if not loop.last }}
  {%- endfor %}
from {{ ref('int_arrivals') }} as arrivals
join {{ ref('stg_carriers') }} as carriers using (carrier_code)
group by all
