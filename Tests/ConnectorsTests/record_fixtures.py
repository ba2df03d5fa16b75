#!/usr/bin/env python3
"""Writes the tables of Fixtures/ that the engine reads and cannot write: Avro, Delta Lake, Iceberg.

To record them anew:
    python3 -m venv v && v/bin/pip install deltalake==1.6.6 'pyiceberg[pyarrow,sql-sqlite]==0.12.0' fastavro==1.13.1 pyarrow
    v/bin/python Tests/ConnectorsTests/record_fixtures.py
"""

import decimal
import os
import pathlib
import shutil

import deltalake
import fastavro
import pyarrow
from pyiceberg.catalog.sql import SqlCatalog

FOLDER = pathlib.Path(__file__).resolve().parent / "Fixtures"
ROWS = [
    {"id": 1, "name": "é", "price": decimal.Decimal("1.25")},
    {"id": 2, "name": None, "price": decimal.Decimal("-3.50")},
]
MORE = [{"id": 3, "name": "later", "price": decimal.Decimal("0.00")}]
SCHEMA = pyarrow.schema([("id", pyarrow.int64()), ("name", pyarrow.string()), ("price", pyarrow.decimal128(10, 2))])


def avro():
    price = {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}
    fields = [
        {"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"]}, {"name": "price", "type": price},
    ]
    with open(FOLDER / "orders.avro", "wb") as file:
        fastavro.writer(file, {"type": "record", "name": "order", "fields": fields}, ROWS)


def decimals():
    """Every way to write a decimal, and one within another value."""
    def decimal_of(type, precision, scale, **more):
        return {"type": type, "logicalType": "decimal", "precision": precision, "scale": scale, **more}
    wide = decimal_of("fixed", 38, 10, name="wide", size=20)
    fields = [
        {"name": "whole", "type": decimal_of("bytes", 38, 0)}, {"name": "wide", "type": wide},
        {"name": "maybe", "type": ["null", decimal_of("bytes", 5, 5)]}, {"name": "again", "type": ["null", "wide"]},
        {"name": "raw", "type": "bytes"},
        {"name": "list", "type": {"type": "array", "items": decimal_of("bytes", 5, 2)}},
    ]
    most, least = decimal.Decimal("9" * 38), decimal.Decimal("-" + "9" * 38)
    small = decimal.Decimal("-0.0000000001")
    rows = [
        {"whole": most, "wide": decimal.Decimal("9" * 28 + "." + "9" * 10), "maybe": decimal.Decimal("-0.00001"),
         "again": small, "raw": b"\x01", "list": [decimal.Decimal("1.25")]},
        {"whole": least, "wide": small, "maybe": None, "again": None, "raw": b"", "list": []},
        {"whole": decimal.Decimal(0), "wide": decimal.Decimal("-128"), "maybe": decimal.Decimal("0.00128"),
         "again": decimal.Decimal(256), "raw": b"", "list": []},
    ]
    with decimal.localcontext(prec=60), open(FOLDER / "decimals.avro", "wb") as file:
        fastavro.writer(file, {"type": "record", "name": "decimals", "fields": fields}, rows)


def delta():
    for rows in (ROWS, MORE):
        deltalake.write_deltalake(FOLDER / "orders_delta", pyarrow.Table.from_pylist(rows, SCHEMA), mode="append")


def iceberg():
    os.chdir(FOLDER)
    catalog = SqlCatalog("tests", uri="sqlite:///catalog.db", warehouse="orders_iceberg")
    catalog.create_namespace("shop")
    table = catalog.create_table("shop.orders", SCHEMA, location="orders_iceberg")
    for rows in (ROWS, MORE):
        table.append(pyarrow.Table.from_pylist(rows, SCHEMA))
    (FOLDER / "catalog.db").unlink()


if __name__ == "__main__":
    for name in ("orders_delta", "orders_iceberg"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    avro()
    decimals()
    delta()
    iceberg()
