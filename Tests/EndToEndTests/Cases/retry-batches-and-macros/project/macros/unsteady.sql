{% macro unsteady(word) %}
  {% do run_query("select error('" ~ word ~ "')") if not var('steady', false) %}
  {{ print(word ~ ' is done') }}
{% endmacro %}
