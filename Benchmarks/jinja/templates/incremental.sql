{{ config(
    materialized='incremental',
    unique_key=['event_id', 'event_date'],
    incremental_strategy='delete+insert',
    tags=['events', 'hourly'],
    post_hook="analyze {{ this }}"
) }}
{%- set lookback = var('lookback_days', 3) -%}
{%- set event_types = ['page_view', 'click', 'purchase', 'refund'] -%}
{%- set exclude = var('excluded_types', ['refund']) %}

with events as (
  select * from {{ source('web', 'events') }}
  where event_type in (
    {%- for type in event_types if type not in exclude %}'{{ type }}'{{ ', ' if not loop.last }}{% endfor -%}
  )
  {% if is_incremental() -%}
  and event_date >= (select max(event_date) - interval '{{ lookback }} days' from {{ this }})
  {%- endif %}
),

sessions as (
  select
    session_id,
    {% for type in event_types -%}
    count(*) filter (where event_type = '{{ type }}') as {{ type }}s,
    {% endfor -%}
    min(occurred_at) as started_at
  from events
  group by session_id
)

select events.*, sessions.started_at
from events
left join sessions using (session_id)
left join {{ ref('dim_users') }} as users on users.user_id = events.user_id
{% if var('only_active', false) -%}
where users.is_active
{%- endif %}
