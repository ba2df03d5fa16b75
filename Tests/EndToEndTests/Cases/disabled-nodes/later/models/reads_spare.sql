select * from {{ ref('spare') }}
