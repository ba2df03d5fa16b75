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
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    avro()
    delta()
    iceberg()
