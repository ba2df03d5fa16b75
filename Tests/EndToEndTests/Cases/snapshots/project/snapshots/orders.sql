{% snapshot orders_history %}
{{ config(strategy='timestamp', unique_key='id', updated_at='updated_at', invalidate_hard_deletes=true) }}
select * from {{ ref('orders') }}
{% endsnapshot %}
