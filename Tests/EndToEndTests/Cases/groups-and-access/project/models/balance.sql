select * from {{ ref('ledger') }}
