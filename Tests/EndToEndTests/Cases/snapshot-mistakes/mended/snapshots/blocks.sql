{% snapshot unknown_strategy %}
  {{ config(strategy='tiemstamp', unique_key='id', updated_at='changed') }}
  select * from {{ ref('m') }}
{% endsnapshot %}

{% snapshot wrong_sql %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='changed') }}
  select id,
    chnged as changed
  from {{ ref('m') }}
{% endsnapshot %}

{% snapshot reserved %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='changed') }}
  select *, 1 as DBT_VALID_TO from {{ ref('m') }}
{% endsnapshot %}

{% snapshot null_keys %}
  {{ config(strategy='timestamp', unique_key=['id', 'part'], updated_at='changed') }}
  select *, null as part from {{ ref('m') }}
{% endsnapshot %}
