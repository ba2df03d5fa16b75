select null as id
