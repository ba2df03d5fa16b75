create schema if not exists raw;
create or replace table raw.orders (id integer, region varchar, status varchar, amount decimal(8, 2), updated_at timestamp);
insert into raw.orders values
  (1, 'N', 'new', 10.00, '2024-01-01 08:00:00'), (2, 'N', null, 20.00, '2024-01-01 09:00:00'),
  (3, 'S', 'new', null, '2024-01-01 10:00:00.123456'), (4, 'S', 'paid', 40.00, '2024-01-02 00:00:00'),
  (5, 'E', 'new', 50.00, '2024-01-02 11:00:00'), (6, 'E', 'new', 60.00, null);
