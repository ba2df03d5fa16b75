import time


def model(dbt, session):
    dbt.config(timeout=1)
    time.sleep(600)
    return None
