select 1 as "a ""quoted"" column", 2 as "select"
