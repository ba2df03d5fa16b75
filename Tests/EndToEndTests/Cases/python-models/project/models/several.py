def model(dbt, session):
    name = "numbers"
    return dbt.ref(name), 1
