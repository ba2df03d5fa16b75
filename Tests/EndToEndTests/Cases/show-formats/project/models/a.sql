select * from (values (1, 'a,b', null, 1.50), (2, 'say "x"', [1, 2], 2.25)) as t(id, text, list, price)
