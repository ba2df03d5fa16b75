select * from {{ ref('order lines') }}, {{ ref("it's; drop table x --") }}, {{ ref('größe 表') }}
