select * from (values (1, 'paid'), (2, null), (3, null)) as t(id, status)
