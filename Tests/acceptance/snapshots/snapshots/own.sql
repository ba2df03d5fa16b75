{% snapshot by_own %}
{{ config(strategy='newest', unique_key='id', updated_at='updated_at') }}
select id, status, updated_at from {{ source('raw', 'orders') }}
{% endsnapshot %}
