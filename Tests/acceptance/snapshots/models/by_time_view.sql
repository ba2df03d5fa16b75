select id, status, amount, updated_at from {{ source('raw', 'orders') }}
