select order_id, customer_id, placed_on, status, amount
from shop.orders
