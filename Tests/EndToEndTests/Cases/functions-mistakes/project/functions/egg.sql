{{ function('chicken') }}(a)
