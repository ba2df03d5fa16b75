{% macro said_of(node) %}of {{ node.name if node else "nothing" }}{% endmacro %}
