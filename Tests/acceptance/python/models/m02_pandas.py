import pandas as pd
def model(dbt, session):
    dbt.config(materialized="table", packages=["pandas"], tags=["pd"])
    df = dbt.ref("base").df()[["id", "name", "amount", "at", "dec", "d", "big"]]
    df["x"] = df["amount"].fillna(0) * 2
    df["delta"] = pd.to_timedelta(df["id"], unit="h")
    df["cat"] = df["name"].astype("category")
    df["nothing"] = None
    return df
