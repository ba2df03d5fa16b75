{{ config(materialized='incremental') }}
select i from range({{ var('upto') }}) as t(i)
{% if is_incremental() %}
where i > (select max(i) from {{ this }})
{% endif %}
