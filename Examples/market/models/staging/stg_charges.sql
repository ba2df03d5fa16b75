select charge_id, order_id, amount, method.kind as method, succeeded
from payments.charges
