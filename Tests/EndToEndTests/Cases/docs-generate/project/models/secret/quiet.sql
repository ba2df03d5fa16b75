select 1 as hidden
