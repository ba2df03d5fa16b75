{{ config(materialized="table") }}
;
