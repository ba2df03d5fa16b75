select max({{ function('with_tax') }}(price)) from {{ ref('goods') }}
