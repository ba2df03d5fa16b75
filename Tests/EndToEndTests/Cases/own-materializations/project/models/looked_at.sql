select id from {{ ref('pairs') }}
