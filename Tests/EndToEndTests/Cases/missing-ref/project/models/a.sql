select *
from {{ ref('odrers') }}
