sum({{ function('artifacts', 'with_tax') }}(amount, 0.2))
