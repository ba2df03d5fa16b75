select * from (values (1, 10.0), (2, 20.0)) as t (id, amount)
