select '{{ var('greeting') }}' as greeting, {{ var('shown') }} as shown, '{{ own_word() }}' as word,
  '{{ this.schema }}' as place
