select {{ function('tools', 'tidy') }}(name) as name, {{ function('with_tax') }}(price) as price
from {{ ref('goods') }}
