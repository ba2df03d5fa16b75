{{ config(materialized='table') }}
{% set payment_methods = ['credit_card', 'coupon', 'bank_transfer', 'gift_card', 'cash', 'voucher'] %}
{% set statuses = ['placed', 'shipped', 'completed', 'return_pending', 'returned'] %}

with orders as (select * from {{ ref('stg_orders') }}),
payments as (select * from {{ ref('stg_payments') }}),

order_payments as (
  select
    order_id,
    {% for payment_method in payment_methods -%}
      {% for status in statuses -%}
    sum(case when payment_method = '{{ payment_method }}' and status = '{{ status }}' then amount else 0 end)
      as {{ payment_method }}_{{ status | replace('return_', 'r_') | upper }}_amount,
      {% endfor -%}
    {% endfor -%}
    sum(amount) as total_amount
  from payments
  group by order_id
)

select
  orders.order_id,
  {%- for payment_method in payment_methods %}
  {%- set prefix = 'order_payments.' ~ payment_method %}
  {%- for status in statuses if status != 'returned' %}
  {{ prefix }}_{{ status }}_amount{% if not loop.last %},{% endif %} -- {{ loop.index }} of {{ loop.length }}
  {%- endfor %},
  {%- endfor %}
  {{ (['total_amount', 'order_date'] + ['x'])[:2] | join(', ') }}
from orders
left join order_payments on orders.order_id = order_payments.order_id
