select 1 as id -- and no more
