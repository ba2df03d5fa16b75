select {{ function('closed') }}(1)
