select {{ dbt_utils.star(ref('b')) }} as id
