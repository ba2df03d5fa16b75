{# A table, and a view of its newest rows beside it. #}
{% materialization pair, adapter='duckdb', supported_languages=['sql'] %}
  {% set target = this.incorporate(type='table') %}
  {% set newest = api.Relation.create(database=this.database, schema=this.schema, identifier=this.identifier ~ '_newest', type='view') %}
  {% set intermediate = make_intermediate_relation(target) %}
  {% set existing = load_cached_relation(this) %}
  {% set backup = make_backup_relation(target, 'table' if existing is none else existing.type) %}
  {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(pre_hooks) }}
  {% call statement('main') %}{{ get_create_table_as_sql(False, intermediate, sql) }}{% endcall %}
  {% if load_cached_relation(newest) is not none %}{% do adapter.drop_relation(newest) %}{% endif %}
  {% if existing is not none %}{% do adapter.rename_relation(existing, backup) %}{% endif %}
  {% do adapter.rename_relation(intermediate, target) %}
  {% call statement('view') %}
    {{ get_create_view_as_sql(newest, 'select * from ' ~ target ~ ' order by id desc limit 1') }}
  {% endcall %}
  {{ run_hooks(post_hooks) }}
  {% do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(target, model) %}
  {% do create_indexes(target) %}
  {% do adapter.commit() %}
  {{ drop_relation_if_exists(backup) }}
  {{ return({'relations': [target, newest]}) }}
{% endmaterialization %}

{# In place of the one that is built in. #}
{% materialization view, default %}
  {% set target = this.incorporate(type='view') %}
  {{ drop_relation_if_exists(load_cached_relation(this)) }}
  {% call statement('main') %}{{ create_view_as(target, 'select *, current_schema() as made_in from (' ~ sql ~ ')') }}{% endcall %}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% materialization forgetful, default %}
  {% call statement('main') %}create table {{ this }} as {{ sql }}{% endcall %}
{% endmaterialization %}

{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') %}
  create {{ 'temporary' if temporary }} table {{ relation.include(database=(not temporary), schema=(not temporary)) }} as (
    select *, 'by hand' as made from ({{ compiled_code }})
  );
{% endmacro %}
