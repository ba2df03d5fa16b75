select 2 as id, 'Ann' as name, date '2023-01-01' as valid_from, date '2025-01-01' as valid_to
