#!/usr/bin/env python3
"""Starts a PostgreSQL, a payment service and an S3 with the market's data, and runs a command beside them.

    run.py [COMMAND ...]    `weir build` unless said; servers are on loopback and end with the command
    run.py --expected       prints the rows that the marts must have, reckoned from the data alone
"""

import collections
import csv
import datetime
import decimal
import gzip
import hashlib
import hmac
import http.server
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SERVICES = pathlib.Path(os.environ.get("WEIR_TEST_SERVICES") or HERE.parent.parent / "Tests" / "Services")
COUNTRIES = ["Denmark", "Finland", "Norway", "Sweden"]
FIRST_DAY = datetime.date(2026, 3, 1)
DAYS = 14
TOKEN = "market-token"


def make_data():
    """The market: the same every time."""
    dice = random.Random(20260301)
    customers = [(number, f"Customer {number}", dice.choice(COUNTRIES)) for number in range(1, 201)]
    orders, charges = [], []
    for number in range(1, 2001):
        day = FIRST_DAY + datetime.timedelta(days=dice.randrange(DAYS))
        amount = decimal.Decimal(dice.randrange(500, 50_000)) / 100
        status = dice.choice(["placed", "shipped", "shipped", "returned"])
        orders.append((number, dice.randrange(1, 201), day, status, amount))
        charges.append({
            "charge_id": f"ch_{number:05}", "order_id": number, "amount": float(amount),
            "method": {"kind": dice.choice(["card", "invoice"]), "country": "SE"},
            "succeeded": dice.random() < 0.95,
        })
    visits = [
        {"visitor": dice.randrange(1, 500), "path": dice.choice(["/", "/offers", "/cart"]), "number": number,
         "day": FIRST_DAY + datetime.timedelta(days=dice.randrange(DAYS))}
        for number in range(5000)
    ]
    return customers, orders, charges, visits


class Service:
    """A server of Tests/Services: it says its facts and ends when its input does."""

    def __init__(self, name):
        self.process = subprocess.Popen(
            [sys.executable, SERVICES / f"{name}.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.facts = json.loads(self.process.stdout.readline())
        if "unavailable" in self.facts:
            sys.exit(f"{name}: {self.facts['unavailable']}")

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def fill_database(facts, customers, orders):
    """Two tables in a database of their own."""
    address = f"postgres://{facts['user']}:{facts['password']}@{facts['host']}:{facts['port']}"
    psql = [facts["psql"], "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
    subprocess.run([*psql, f"{address}/postgres", "-c", "CREATE DATABASE market"], check=True)
    lines = [
        "CREATE TABLE customers (customer_id int PRIMARY KEY, name text, country text);",
        "CREATE TABLE orders (order_id int PRIMARY KEY, customer_id int, placed_on date, status text,"
        " amount numeric(12, 2), updated_at timestamptz);",
        "COPY customers FROM STDIN;",
        *("\t".join(map(str, row)) for row in customers), "\\.",
        "COPY orders FROM STDIN;",
        *("\t".join(map(str, [*row, f"{row[2]} 12:00:00+00"])) for row in orders), "\\.",
    ]
    subprocess.run([*psql, f"{address}/market"], input="\n".join(lines) + "\n", text=True, check=True)


def put(facts, key, body):
    """Stores an object, signed as S3 asks (AWS Signature Version 4)."""
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    path = urllib.parse.quote(f"/{facts['bucket']}/{key}")
    digest = hashlib.sha256(body).hexdigest()
    headers = {"host": facts["endpoint"], "x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = ";".join(headers)
    request = "\n".join(["PUT", path, "", *(f"{name}:{value}" for name, value in headers.items()), "", names, digest])
    scope = f"{day}/{facts['region']}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    secret = f"AWS4{facts['secret']}".encode()
    for part in (*scope.split("/"), text):
        secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={facts['key']}/{scope}, SignedHeaders={names}, Signature={secret.hex()}"
    )
    url = f"http://{facts['endpoint']}{path}"
    urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers, method="PUT")).close()


def fill_lake(facts, visits):
    """One packed file of lines a day."""
    days = collections.defaultdict(list)
    for visit in visits:
        days[visit["day"]].append({key: value for key, value in visit.items() if key != "day"})
    for day, rows in sorted(days.items()):
        body = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode(), mtime=0)
        put(facts, f"visits/day={day}/visits.ndjson.gz", body)


def serve_charges(charges):
    """The payment service: pages behind a token, and now and then an error, as services have them."""
    asked = collections.Counter()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                return self.answer(401, {"error": "no token"})
            start, limit = int(query.get("after", ["0"])[0]), int(query["limit"][0])
            asked[start] += 1
            if start % 1000 == 400 and asked[start] == 1:
                return self.answer(503, {"error": "try again"})
            following = start + limit if start + limit < len(charges) else None
            self.answer(200, {"data": charges[start:start + limit], "next": following and str(following)})

        def answer(self, status, value):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def print_expected():
    """The marts' rows as CSV, each under its name."""
    customers, orders, charges, visits = make_data()
    country = {number: name for number, _, name in customers}
    sales = {name: [0, decimal.Decimal(0), decimal.Decimal(0), 0] for name in COUNTRIES}
    for (_, customer, _, status, amount), charge in zip(orders, charges):
        row = sales[country[customer]]
        row[0] += 1
        row[1] += amount
        row[2] += amount if charge["succeeded"] else 0
        row[3] += status == "returned"
    days = collections.defaultdict(lambda: [0, set(), 0])
    for visit in visits:
        days[visit["day"]][0] += 1
        days[visit["day"]][1].add(visit["visitor"])
    for _, _, day, _, _ in orders:
        days[day][2] += 1
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["country", "orders", "ordered", "paid", "returned"])
    writer.writerows([name, *row] for name, row in sorted(sales.items()))
    writer.writerow(["day", "visits", "visitors", "orders"])
    writer.writerows([day, row[0], len(row[1]), row[2]] for day, row in sorted(days.items()))
    print(text.getvalue(), end="")


def main(arguments):
    if arguments == ["--expected"]:
        return print_expected()
    customers, orders, charges, visits = make_data()
    database, lake = Service("postgres"), Service("s3")
    try:
        fill_database(database.facts, customers, orders)
        fill_lake(lake.facts, visits)
        environment = dict(
            os.environ, MARKET_API=serve_charges(charges), MARKET_API_TOKEN=TOKEN,
            MARKET_BUCKET=lake.facts["bucket"], MARKET_S3_ENDPOINT=lake.facts["endpoint"],
            MARKET_S3_KEY=lake.facts["key"], MARKET_S3_SECRET=lake.facts["secret"],
            **{f"MARKET_DB_{key.upper()}": database.facts[key] for key in ("host", "port", "user", "password")},
        )
        return subprocess.run(arguments or ["weir", "build"], cwd=HERE, env=environment).returncode
    finally:
        database.stop()
        lake.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
