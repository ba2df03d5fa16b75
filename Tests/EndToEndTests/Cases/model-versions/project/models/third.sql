select 1 as id, 'Ada' as given_name, 'Lovelace' as family_name
