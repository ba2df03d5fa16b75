import pyarrow as pa
def model(dbt, session):
    t = pa.table({"a": pa.array([1, None, 3], pa.int16()), "l": [[1.5], [], None], "s": [{"x": 1}, {"x": 2}, None], "dic": pa.array(["u", "v", "u"]).dictionary_encode()})
    return pa.RecordBatchReader.from_batches(t.schema, t.to_batches())
