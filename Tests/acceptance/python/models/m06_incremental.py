def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="id", incremental_strategy="delete+insert")
    raw = dbt.ref("raw")
    if not dbt.is_incremental:
        return raw.project("id, name, 0 as round")
    top = session.sql(f"select max(id) from {dbt.this}").fetchone()[0]
    return session.sql(f"select id, upper(name) as name, {top} as round from raw where id >= 2")
