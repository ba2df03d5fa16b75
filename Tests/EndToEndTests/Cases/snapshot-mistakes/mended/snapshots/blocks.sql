{% snapshot unknown_strategy %}
  {{ config(strategy='tiemstamp', unique_key='id', updated_at='at') }}
  select * from {{ ref('m') }}
{% endsnapshot %}

{% snapshot wrong_sql %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='at') }}
  select id,
    att as at
  from {{ ref('m') }}
{% endsnapshot %}

{% snapshot reserved %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='at') }}
  select *, 1 as DBT_VALID_TO from {{ ref('m') }}
{% endsnapshot %}

{% snapshot null_keys %}
  {{ config(strategy='timestamp', unique_key=['id', 'part'], updated_at='at') }}
  select *, null as part from {{ ref('m') }}
{% endsnapshot %}
