alter table raw.orders drop column note;
insert into raw.orders values (1, 'N', 'new', 10.00, '2024-06-01 08:00:00'), (3, 'S', 'new', 33.00, '2024-01-01 10:00:00.123456');
