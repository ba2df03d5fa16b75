select 4 as "größe"
