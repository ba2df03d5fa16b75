{%- macro month_start(year, month) -%}
  date '{{ year }}-{{ '%02d' | format(month) }}-01'
{%- endmacro -%}

{%- macro is_leap(year) -%}
  {{ 'true' if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 'false' }}
{%- endmacro -%}

{%- set names = {1: 'January', 2: 'February', 3: 'March', 4: 'April', 5: 'May', 6: 'June', 7: 'July',
  8: 'August', 9: 'September', 10: 'October', 11: 'November', 12: 'December'} -%}
{%- set first, last = 2022, 2024 -%}
with months as (
  {%- for year in range(first, last + 1) %}
  {%- for month in range(1, 13) %}
  select {{ month_start(year, month) }} as month_start, '{{ names[month] }} {{ year }}' as label,
    'Q{{ (month - 1) // 3 + 1 }}' as quarter, {{ is_leap(year) }} as in_leap_year
  {%- if not (year == last and month == 12) %} union all{% endif %}
  {%- endfor %}
  {%- endfor %}
)
select * from months
