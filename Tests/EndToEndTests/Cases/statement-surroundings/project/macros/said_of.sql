{% macro said_of(node) %}{{ 'from ' ~ node.unique_id if node else 'from the run' }}{% endmacro %}
