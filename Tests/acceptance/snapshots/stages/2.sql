update raw.orders set status = 'paid', updated_at = '2024-02-01 08:00:00' where id = 1;
update raw.orders set status = 'late', updated_at = '2024-02-01 09:00:00' where id = 2;
update raw.orders set amount = 33.00 where id = 3;
delete from raw.orders where id = 4;
insert into raw.orders values (7, 'W', 'new', 70.00, '2024-02-02 10:00:00');
