select {{ 1 + }}
from {{ ref('orders' }}
