{% if execute %}{% do exceptions.raise_compiler_error('stop: ' ~ model.name) %}{% endif %}
select 1 as id
