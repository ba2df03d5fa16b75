import os
import signal


def model(dbt, session):
    os.kill(os.getpid(), signal.SIGKILL)
    return None
