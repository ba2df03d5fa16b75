{{ config(tags=['finance'], group='fin', access='public') }} select o.*, c.name from {{ ref('int_orders') }} o join {{ ref('stg_customers') }} c on true
