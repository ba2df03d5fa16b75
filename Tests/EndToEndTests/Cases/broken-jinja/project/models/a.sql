select 1
  {% if true %}
from x
