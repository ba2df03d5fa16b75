select
  {% for column in ['a', 'b'] %}
  sum(idd + {{ loop.index }}) as {{ column }}{{ ',' if not loop.last }}
  {% endfor %}
from {{ ref('orders') }}
