-- Only what holds now: the load keeps every version.
select customer_id, name, country
from shop.customers
where valid_to is null
