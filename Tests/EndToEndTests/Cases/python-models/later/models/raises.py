"""Divides."""


def ratio(value):
    return 1 / value


def model(dbt, session):
    dbt.config(tags=["failing"])
    print("working on", dbt.this.schema, dbt.config.get("mode", "slow"))
    return ratio(len(dbt.config.get("words")) - 2)
