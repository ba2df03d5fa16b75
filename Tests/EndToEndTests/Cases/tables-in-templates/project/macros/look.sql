{% macro look() %}
  {% set table = run_query("select range as \"A\", range * 1234.25 as b, case when range != 2 then repeat('x', range::int * 9) end as c from range(4)") %}
  {% do table.print_table() %}
  {% do table.print_table(max_rows=2, max_columns=2) %}
  {% do table.limit(2).print_csv() %}
  {% do table.limit(1, 3).print_json() %}
  {% do print(table.rename({"A": "a", "b": "B"}).column_names | join(" ")) %}
  {% do print(table.rename(["one", "two", "three"]).columns["two"].values() | join(" ")) %}
  {% do print(table.select(["c", "A"]).column_names | join(" ") ~ "; " ~ table.select("b").column_names | join(" ")) %}
  {% do print(table.exclude("b").rows[1].values() | join(" ")) %}
{% endmacro %}

{% macro lose() %}
  {% do run_query("select 1 as a").select(["b"]) %}
{% endmacro %}
