{% snapshot no_strategy %}select 1 as id{% endsnapshot %}

{% snapshot no_columns %}
  {{ config(strategy='check', unique_key='id') }}
  select * from {{ ref('m') }}
{% endsnapshot %}

{% snapshot all_columns %}
  {{ config(strategy='check', unique_key='id', check_cols='every') }}
  select * from {{ ref('mm') }}
{% endsnapshot %}

{% snapshot twice %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='at', check_cols=['id'], hard_deletes='ignore', invalidate_hard_deletes=true) }}
  select * from {{ ref('m') }}
{% endsnapshot %}

{% snapshot m %}
  {{ config(strategy='timestamp', unique_key='id', hard_deletes='ignore') }}
  select * from {{ ref('m') }}
{% endsnapshot %}
