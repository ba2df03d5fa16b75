{% snapshot by_time_ending %}
{{ config(strategy='timestamp', unique_key='id', updated_at='updated_at', invalidate_hard_deletes=true, target_schema='kept') }}
select * from {{ source('raw', 'orders') }}
{% endsnapshot %}

{% snapshot by_time_marking %}
{{ config(strategy='timestamp', unique_key='id', updated_at='updated_at', hard_deletes='new_record', schema='marks', alias='marked') }}
select * from {{ source('raw', 'orders') }}
{% endsnapshot %}

{% snapshot by_expression %}
{{ config(strategy='timestamp', unique_key="id || '-' || region", updated_at='updated_at', hard_deletes='invalidate') }}
select * from {{ source('raw', 'orders') }}
{% endsnapshot %}

{% snapshot by_list %}
{{ config(strategy='timestamp', unique_key=['id', 'region'], updated_at='updated_at', hard_deletes='new_record') }}
select * from {{ source('raw', 'orders') }}
{% endsnapshot %}
