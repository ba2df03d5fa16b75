select {{ function('other', 'chicken') }}(1)
