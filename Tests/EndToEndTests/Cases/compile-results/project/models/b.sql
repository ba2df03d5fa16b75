select * from {{ ref('e') }}
{% if execute and var('bad', false) %}{{ exceptions.raise_compiler_error('it is bad') }}{% endif %}
