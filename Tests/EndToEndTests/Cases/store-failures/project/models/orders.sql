select * from (values (1, 'paid'), (2, 'lost'), (3, 'lost')) as t(id, status)
