select '{{ target.name }}' as target, '{{ target.schema }}' as schema, current_setting('memory_limit') as memory
