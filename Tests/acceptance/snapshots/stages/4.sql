alter table raw.orders add column note varchar;
insert into raw.orders values (4, 'S', 'back', 41.00, '2024-03-01 00:00:00', 'it is back');
delete from raw.orders where id = 5;
update raw.orders set status = null, updated_at = '2024-03-01 08:00:00', note = 'lost' where id = 2;
