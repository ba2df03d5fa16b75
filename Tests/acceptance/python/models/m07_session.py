def model(dbt, session):
    dbt.ref("m02_pandas")
    raw = dbt.source("own", "raw")
    return session.sql("select count(*) as n, sum(x) as s from m02_pandas").cross(raw.aggregate("max(id) as top"))
