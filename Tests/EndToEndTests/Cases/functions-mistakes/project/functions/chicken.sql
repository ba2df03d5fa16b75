{{ function('egg') }}(a)
