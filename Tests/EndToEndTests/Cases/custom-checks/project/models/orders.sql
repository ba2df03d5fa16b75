select * from (values (1, 5), (2, -5)) as t(id, amount)
