select * from {{ ref('mart_ab') }}
