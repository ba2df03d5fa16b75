select 1 as id, 'Ada Lovelace' as full_name
