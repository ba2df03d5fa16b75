select * from {{ source('crm','people') }}
