def model(dbt, session):
    t = dbt.ref("raw").arrow()
    if hasattr(t, "read_all"):
        t = t.read_all()
    return t
