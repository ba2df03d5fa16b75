select '{{ tools.word() }}' as word, '{{ own_word() }}' as own, '{{ sheds.shed() }}' as shed,
  g.word as theirs, s.n
from {{ ref('greetings') }} g, {{ ref('sheds', 'tally') }} s
