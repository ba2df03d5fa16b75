{% materialization insert_by_period, default %}{{ return({'relations': []}) }}{% endmaterialization %}
{% materialization table, default %}{{ return({'relations': []}) }}{% endmaterialization %}
{% materialization seed, default %}{{ return({'relations': []}) }}{% endmaterialization %}
