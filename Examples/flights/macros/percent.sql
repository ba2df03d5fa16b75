{#- The share of rows that meet a condition, in percent with one decimal; among: only of the rows that meet this one. -#}
{% macro percent(condition, among=none) -%}
  round(100.0 * count(*) filter (where {{ condition }}{% if among %} and {{ among }}{% endif %})
    / nullif(count(*){% if among %} filter (where {{ among }}){% endif %}, 0), 1)
{%- endmacro %}
