{{ config(materialized='table') }}
select * from (values (1, 11), (2, 20), (2, 21), (3, 30)) as t (id, amount)
