explain analyze verbose whatever;
select count(*) from orders
