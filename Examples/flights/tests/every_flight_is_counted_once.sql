-- The marts by carrier, by route and by day are three ways to add up the same flights.
with totals as (
  select 'all' as counted, count(*) as flights from {{ ref('stg_flights') }}
  union all
  select 'by carrier', sum(flights) from {{ ref('carrier_on_time') }}
  union all
  select 'by route', sum(flights) from {{ ref('route_on_time') }}
  union all
  select 'by day', sum(scheduled) from {{ ref('daily_operations') }}
)

select * from totals
where flights <> (select flights from totals where counted = 'all')
