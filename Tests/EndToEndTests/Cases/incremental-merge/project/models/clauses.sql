{{ config(
    materialized='incremental', incremental_strategy='merge', unique_key='id',
    merge_clauses={
      'when_matched': [
        {'action': 'delete', 'condition': 'DBT_INTERNAL_SOURCE.amount = 21'},
        {'action': 'update', 'mode': 'by_name'}],
      'when_not_matched': [
        {'action': 'insert', 'mode': 'star'},
        {'action': 'update', 'by': 'source', 'set_expressions': {'name': "'gone'"}}]
    }
) }}
select * from {{ rows() }}
