import pandas as pd
import helpful
def model(dbt, session):
    return pd.DataFrame({"t": [str(dbt.this), dbt.this.identifier, dbt.this.schema, dbt.this.database, str(dbt.is_incremental), str(helpful.twice(4))]})
