insert into raw.orders values (5, 'E', 'new', 50.00, '2024-01-02 11:00:00', null);
update raw.orders set status = 'new', updated_at = '2024-01-01 08:00:00' where id = 1;
update raw.orders set region = 'S', updated_at = '2024-04-01 00:00:00' where id = 7;
