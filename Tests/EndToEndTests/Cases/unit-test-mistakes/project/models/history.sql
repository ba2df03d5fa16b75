{{ config(materialized='incremental') }}
select id from {{ ref('raw') }} {% if is_incremental() %}where id > 0{% endif %}
