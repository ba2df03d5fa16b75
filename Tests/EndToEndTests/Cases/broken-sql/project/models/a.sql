{% set columns = ['id', 'name'] %}
select
  {{ columns | join(', ') }}
from no_such_table
