select id, country, amount from {{ source('files', 'orders') }}
