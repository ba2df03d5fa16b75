{% macro keep(results, schemas, database_schemas) %}
  {% if execute %}
    {% for result in results %}
      insert into outcomes values (
        '{{ result.node.resource_type }} {{ result.node.name }}: {{ result.status }}, {{ result.failures }} failures,'
        ' {{ result.message | default("no message", true) | replace("'", "") }}, {{ result.execution_time >= 0 }},'
        ' {{ result.to_dict().status == result.status and result.node.to_dict().name == result.node.name }}, {{ result.timing | map(attribute="name") | join("+") }}');
    {% endfor %}
    insert into outcomes values ('{{ schemas | join("+") }} {{ database_schemas | length }} {{ selected_resources | join(" ") }}')
  {% endif %}
{% endmacro %}
