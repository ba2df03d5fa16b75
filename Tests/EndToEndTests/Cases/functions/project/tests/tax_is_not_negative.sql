select 1 where {{ function('with_tax') }}(10) < 10
