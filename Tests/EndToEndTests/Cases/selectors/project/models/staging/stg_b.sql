select * from {{ ref('names') }}
