import pandas as pd
def model(dbt, session):
    mode = dbt.config.get("mode")
    missing = dbt.config.get("missing", "dflt")
    tags = dbt.config.get("tags")
    mat = dbt.config.get("materialized")
    owner = dbt.config.meta_get("owner")
    none = dbt.config.get("nothing")
    return pd.DataFrame({"k": ["mode", "missing", "tags", "mat", "meta", "none"],
       "v": [str(x) for x in [mode, missing, tags, mat, owner, none]]})
