{{ config(materialized='table') }}
select * from (values
  (1, 'Ann', 10.50, timestamp '2026-01-01 10:00:00'),
  (2, 'Bob', 20.00, timestamp '2026-01-02 10:00:00'),
  (3, 'Cy',  30.25, timestamp '2026-01-03 10:00:00')) as t (OrderID, Customer, Amount, UpdatedAt)
