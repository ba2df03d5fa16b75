{{ config(
    materialized='by_period', field='happened', start='2024-01-01', months=4,
    pre_hook=before_begin('create table if not exists log (entry varchar)'),
    post_hook=["insert into log values ('inside')", after_commit("insert into log values ('after {{ this.identifier }}')")]
) }}
select id, happened::date as day from {{ ref('events') }} where __period__
