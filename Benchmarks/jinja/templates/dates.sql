{{ config(materialized='table') }}
{%- set start_year = 2015 -%}
{%- set months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] -%}
select * from (
{%- for year in range(start_year, start_year + 10) %}
  {%- set outer_loop = loop %}
  {%- for month in months %}
  select
    '{{ year }}-{{ '%02d' | format(loop.index) }}-01' as month_start,
    '{{ month | capitalize }} {{ year }}' as label,
    {{ (loop.index0 // 3) + 1 }} as quarter,
    {{ year * 12 + loop.index0 }} as month_number
  {%- if not (loop.last and outer_loop.last) %}
  union all
  {%- endif %}
  {%- endfor %}
{%- endfor %}
)
