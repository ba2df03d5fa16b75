def model(dbt, session):
    dbt.config(alias="tenth")
    return dbt.ref("m01_relation").filter("id > 1").select("id", "big", "span", "deep", "en")
