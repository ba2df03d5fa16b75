{{ config(materialized=var('as')) }}
select {{ var('n') }} as n
