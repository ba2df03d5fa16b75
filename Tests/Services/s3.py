#!/usr/bin/env python3
"""An S3 of the tests' own: SeaweedFS on loopback, signatures checked, with the empty bucket `lake`."""

import json
import secrets
import signal
import urllib.error
import urllib.request

import supervise

VERSION = "4.48"
BUCKET = "lake"
PORTS = [
    "s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port",
    "filer.port.grpc", "admin.port", "admin.port.grpc",
]


def start(scratch):
    """Starts the server and waits until the bucket is there."""
    program = supervise.installed(f"seaweedfs-{VERSION}") / "weed"
    ports = dict(zip(PORTS, supervise.free_ports(len(PORTS))))
    key, secret = f"weir{secrets.token_hex(4)}", secrets.token_hex(16)
    identity = {
        "name": "tests", "credentials": [{"accessKey": key, "secretKey": secret}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    (scratch.folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    data = scratch.folder / "data"
    data.mkdir()
    words = [f"-{name}={port}" for name, port in ports.items()]
    scratch.spawn(
        [program, "mini", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-bucket={BUCKET}",
         f"-s3.config={scratch.folder / 's3.json'}", "-webdav=false", "-admin.ui=false", "-s3.port.lance=0",
         "-s3.port.iceberg=0", "-master.telemetry=false", *words],
        cwd=scratch.folder,
    )
    endpoint = f"127.0.0.1:{ports['s3.port']}"
    scratch.wait_until(lambda: has_bucket(endpoint))
    return {"endpoint": endpoint, "bucket": BUCKET, "key": key, "secret": secret, "region": "us-east-1"}


def has_bucket(endpoint):
    """Whether the server answers for the bucket: an unsigned question is forbidden once it exists."""
    try:
        urllib.request.urlopen(f"http://{endpoint}/{BUCKET}?list-type=2", timeout=2).close()
        return True
    except urllib.error.HTTPError as error:
        return error.code == 403
    except OSError:
        return False


# It holds nothing that anyone needs: it is killed.
supervise.run(start, stop_signal=signal.SIGKILL)
