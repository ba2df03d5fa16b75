select {{ function('chiken') }}(1)
