select '{{ 'x' * 10000000000 }}' as n
