import polars as pl
def model(dbt, session):
    return dbt.ref("raw").pl().with_columns((pl.col("id") * 3).alias("y"), pl.lit("é").alias("z"))
