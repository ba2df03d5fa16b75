{# Builds a table month by month: each month's rows that are not there yet are added. #}
{% materialization by_period, default -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if existing is not none and (should_full_refresh() or existing.is_view) %}
    {% do adapter.drop_relation(existing) %}
    {% set existing = none %}
  {% endif %}
  {% if existing is none %}
    {% call statement() %}{{ create_table_as(False, target, sql | replace('__period__', 'false')) }}{% endcall %}
  {% endif %}
  {% set columns = adapter.get_columns_in_relation(target) | map(attribute='quoted') | join(', ') %}
  {% set added = [] %}
  {% for month in range(config.require('months')) %}
    {% set start = "date '" ~ config.require('start') ~ "' + interval " ~ month ~ " month" %}
    {% set period = config.require('field') ~ ' >= ' ~ start ~ ' and ' ~ config.get('field') ~ ' < ' ~ start ~ ' + interval 1 month' %}
    {% set new = make_temp_relation(target, '__month_' ~ month) %}
    {% call statement() %}{{ create_table_as(True, new, sql | replace('__period__', period)) }}{% endcall %}
    {% do adapter.expand_target_column_types(from_relation=new, to_relation=target) %}
    {% call statement('month_' ~ month) %}
      begin;
      insert into {{ target }} ({{ columns }})
      select {{ columns }} from {{ new }} where id not in (select id from {{ target }});
      commit;
    {% endcall %}
    {% do added.append(load_result('month_' ~ month)['response']['rows_affected']) %}
    {% do drop_relation_if_exists(new.incorporate(type='table')) %}
  {% endfor %}
  {% call noop_statement('main', 'added', 'INSERT', added | sum) %}{% endcall %}
  {{ log(added | join(' + ') ~ ' rows for ' ~ model.name, info=True) }}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do adapter.commit() %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target]}) }}
{%- endmaterialization %}
