def model(dbt, session):
    for number in range(100_000):
        print("line", number)
    raise KeyError("enough")
    return None
