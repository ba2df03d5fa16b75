select date '2024-01-01' as day, 1 as retail_year
