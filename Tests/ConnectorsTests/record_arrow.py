#!/usr/bin/env python3
"""Writes the Arrow streams of Fixtures/: every type that is read, and batches of more rows than the engine takes at once.

To record them anew: python3 -m venv v && v/bin/pip install pyarrow==26.0.1 && v/bin/python Tests/ConnectorsTests/record_arrow.py
"""

import datetime as dt
import decimal
import pathlib
import uuid

import pyarrow as pa

FOLDER = pathlib.Path(__file__).resolve().parent / "Fixtures"
UTC = dt.timezone.utc
MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5, 678901)
LONG_AGO = dt.datetime(1900, 1, 1)
ITEMS = pa.list_(pa.struct([("k", pa.string()), ("v", pa.list_(pa.int8()))]))
COLUMNS = [
    ("b", pa.bool_(), True, False), ("i8", pa.int8(), -128, 127), ("u8", pa.uint8(), 0, 255),
    ("i16", pa.int16(), -32768, 1), ("u16", pa.uint16(), 65535, 1), ("i32", pa.int32(), -2147483648, 1),
    ("u32", pa.uint32(), 4294967295, 1), ("i64", pa.int64(), -9223372036854775808, 1),
    ("u64", pa.uint64(), 18446744073709551615, 1), ("f32", pa.float32(), 1.25, float("inf")),
    ("f64", pa.float64(), 0.1, -1e300),
    ("d", pa.decimal128(38, 10), decimal.Decimal("1234567890123456789012345678.0123456789"), decimal.Decimal("-0.0000000001")),
    ("s", pa.string(), "é", ""), ("ls", pa.large_string(), "long", "x" * 20),
    ("sv", pa.string_view(), "short", "a text of more than twelve bytes"),
    ("bin", pa.binary(), b"\x00\xff", b""), ("lbin", pa.large_binary(), b"a", b"bc"),
    ("fbin", pa.binary(3), b"abc", b"\x00\x01\x02"),
    ("d32", pa.date32(), dt.date(1969, 12, 31), dt.date(2026, 1, 2)),
    ("d64", pa.date64(), dt.date(1969, 12, 31), dt.date(2026, 1, 2)),
    ("t32", pa.time32("s"), dt.time(23, 59, 59), dt.time(0)),
    ("t64", pa.time64("us"), dt.time(23, 59, 59, 999999), dt.time(0)),
    ("ts_s", pa.timestamp("s"), dt.datetime(2026, 1, 2, 3, 4, 5), LONG_AGO),
    ("ts_ms", pa.timestamp("ms"), dt.datetime(2026, 1, 2, 3, 4, 5, 678000), LONG_AGO),
    ("ts_us", pa.timestamp("us"), MOMENT, LONG_AGO), ("ts_ns", pa.timestamp("ns"), MOMENT, LONG_AGO),
    ("tz", pa.timestamp("us", "Europe/Stockholm"), dt.datetime(2026, 10, 25, 1, 30, tzinfo=UTC), LONG_AGO.replace(tzinfo=UTC)),
    ("dur", pa.duration("ms"), dt.timedelta(seconds=90), dt.timedelta(0)),
    ("mdn", pa.month_day_nano_interval(), pa.MonthDayNano([14, 3, 1000]), pa.MonthDayNano([0, 0, 0])),
    ("l", pa.list_(pa.int32()), [1, None, 3], []), ("ll", pa.large_list(pa.string()), ["a"], ["b", "c"]),
    ("fl", pa.list_(pa.int16(), 2), [1, 2], [3, None]),
    ("st", pa.struct([("x", pa.int64()), ("y", pa.string())]), {"x": 1, "y": "é"}, {"x": None, "y": "z"}),
    ("m", pa.map_(pa.string(), pa.int32()), [("a", 1), ("b", None)], []), ("n", pa.null(), None, None),
    ("items", ITEMS, [{"k": "a", "v": [1]}, {"k": None, "v": None}], []),
]


def indexed(texts):
    return pa.array(texts).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string()))


def values():
    fields = [(pa.field(name, type), pa.array([*some, None], type)) for name, type, *some in COLUMNS]
    ids = pa.array([uuid.UUID(int=1).bytes, uuid.UUID(int=2**128 - 1).bytes, None], pa.binary(16))
    fields.append((pa.field("u", pa.uuid()), pa.ExtensionArray.from_storage(pa.uuid(), ids)))
    texts = indexed(["red", "green", None])
    fields.append((pa.field("dict", texts.type), texts))
    return pa.record_batch([array for _, array in fields], schema=pa.schema([field for field, _ in fields]))


def rows(count):
    texts = [None if row % 7 == 0 else f"t{row % 100}" for row in range(count)]
    return pa.record_batch({
        "i": pa.array(range(count), pa.int16()), "t": pa.array(texts), "d": indexed(texts),
        "l": pa.array([None if row % 5 == 0 else [row % 100] * (row % 3) for row in range(count)], pa.list_(pa.int8())),
        "s": pa.array(
            [None if row % 11 == 0 else {"x": row % 100, "l": [row % 50]} for row in range(count)],
            pa.struct([("x", pa.int8()), ("l", pa.list_(pa.int8()))])),
        "a": pa.array([[row % 100, None] for row in range(count)], pa.list_(pa.int8(), 2)),
        "m": pa.array([[("k", row % 100)] for row in range(count)], pa.map_(pa.string(), pa.int8())),
        "b": pa.array([row % 3 == 0 for row in range(count)]),
    })


def write(name, batches, compression=None):
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.OSFile(str(FOLDER / name), "wb") as file, pa.ipc.new_stream(file, batches[0].schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch)


if __name__ == "__main__":
    write("values.arrows", [values()])
    write("rows.arrows", [rows(2100), rows(10)])
    write("packed.arrows", [rows(10)], "lz4")
    union = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])
    write("union.arrows", [pa.record_batch({"u": union})])
    write("late.arrows", [pa.record_batch({"t": pa.array([10**15], pa.int64()).view(pa.time64("us"))})])
    much = pa.Array.from_buffers(pa.decimal128(4, 2), 1, [None, pa.py_buffer((10**4).to_bytes(16, "little"))])
    write("wide.arrows", [pa.record_batch({"d": much})])
