{% do exceptions.raise_compiler_error('stop: ' ~ model.name) %}
