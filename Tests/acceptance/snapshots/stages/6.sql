delete from raw.orders where region in ('N', 'S');
update raw.orders set amount = 61.00, updated_at = '2024-05-01 00:00:00' where id = 6;
