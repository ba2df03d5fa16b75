def model(dbt, session):
    return 42
