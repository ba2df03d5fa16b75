{% macro results() %}
select r.unique_id, r.status, r.message, r.compiled, r.relation_name, len(r.timing) as phases, args.which
from (select unnest(results) as r, args from read_json('target/run_results.json'))
{% endmacro %}
