select {{ function('doubled') }}(1) as x
