select {{ function('chiken') }}(1), {{ function('other', 'chicken') }}(1), {{ function(3) }}(1), {{ function('closed') }}(1)
