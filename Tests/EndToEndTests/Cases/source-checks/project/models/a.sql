select * from {{ source('files', 'people') }}
