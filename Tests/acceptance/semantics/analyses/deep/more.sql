{{ config(tags=['x'], meta={'k': 1}) }}
select {{ var('unset', 1) }} as x from {{ ref('customers') }}
