select name from {{ ref('raw') }}
