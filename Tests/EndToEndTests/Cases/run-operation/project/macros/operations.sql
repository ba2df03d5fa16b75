{% macro copy(name, count=1) %}
  {% for number in range(count) %}
    {% do run_query("create or replace table " ~ name ~ number ~ " as select " ~ number ~ " as n") %}
  {% endfor %}
  {% call statement('look', fetch_result=True) %}select count(*) from duckdb_tables(){% endcall %}
  {{ log(load_result('look')['data'][0][0] ~ ' tables in ' ~ target.schema ~ ', ' ~ flags.WHICH ~ ', ' ~ ref('orders').identifier, info=True) }}
  {{ print('printed') }}
{% endmacro %}

{% macro half() %}
  {% do run_query("create table done as select 1 as a") %}
  {{ exceptions.raise_compiler_error("no further") }}
{% endmacro %}

{% macro open() %}{% do run_query("begin") %}{% do run_query("create table lost as select 1 as a") %}{% endmacro %}

{% macro whole() %}
  {% call statement('all') %}begin; create table kept as select 1 as a; commit;{% endcall %}
{% endmacro %}

{% macro codes() %}{{ print('select 1 as id') }}{{ log('not for the output', info=True) }}{% endmacro %}
