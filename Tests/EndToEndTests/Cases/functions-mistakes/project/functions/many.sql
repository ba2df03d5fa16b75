{{ function('egg', 'x', 'y') }}(a)
