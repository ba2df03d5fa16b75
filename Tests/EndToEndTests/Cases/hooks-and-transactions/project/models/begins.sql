{{ config(pre_hook=[{'sql': 'begin', 'transaction': false}]) }}
select 1 as id
