{% snapshot by_columns %}
{{ config(strategy='check', unique_key='id', check_cols=['status', 'amount'], updated_at='updated_at') }}
select * from {{ source('raw', 'orders') }}
{% endsnapshot %}

{% snapshot by_all %}
{{ config(strategy='check', unique_key='id', check_cols='all', hard_deletes='invalidate') }}
select id, region, status, amount from {{ source('raw', 'orders') }}
{% endsnapshot %}

{% snapshot by_all_growing %}
{{ config(strategy='check', unique_key='id', check_cols='all', updated_at='updated_at', hard_deletes='new_record') }}
select * from {{ source('raw', 'orders') }} where updated_at is not null
{% endsnapshot %}

{% snapshot by_some_of_open %}
{{ config(strategy='check', unique_key='id', check_cols=['status'], hard_deletes='invalidate') }}
select * from {{ ref('open_orders') }}
{% endsnapshot %}
