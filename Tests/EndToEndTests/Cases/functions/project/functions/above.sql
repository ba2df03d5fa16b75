select name, {{ function('with_tax') }}(price) as price
from {{ ref('goods') }}
where price > least
