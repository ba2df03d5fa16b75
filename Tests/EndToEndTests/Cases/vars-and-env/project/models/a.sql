select '{{ var('colour') }}' as colour, {{ var('sizes') | length }} as sizes, '{{ var('scope') }}' as scope, '{{ var('missing', 'none') }}' as missing, '{{ env_var('REGION', 'home') }}' as region
