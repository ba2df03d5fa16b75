select * from {{ ref('b', v=7) }}, {{ ref('c', v=1) }}
