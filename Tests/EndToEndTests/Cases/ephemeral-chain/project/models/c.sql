with y as (select * from {{ ref('b') }}) select * from y union all select * from {{ ref('a') }}
