"""Compares what two builds left in their DuckDB files: relations, columns, types and rows."""

import fnmatch

import duckdb


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def databases(home):
    """The DuckDB files below a folder, by their path in it."""
    found = {}
    for path in sorted(home.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix != ".wal" and ".weir" not in path.parts:
            with open(path, "rb") as file:
                if file.read(12)[8:] == b"DUCK":
                    found[str(path.relative_to(home))] = path
    return found


class Copy:
    """The relations of one build, each read into a scratch file as a table of its own."""

    def __init__(self, file, scratch, setup):
        self.columns, self.kinds, self.failures, self.numbers = {}, {}, {}, {}
        self.scratch = scratch
        catalog = file.stem
        connection = duckdb.connect()
        for statement in setup:
            connection.execute(statement)
        connection.execute(f"attach '{file}' as {quoted(catalog)} (read_only); attach '{scratch}' as weir_scratch")
        connection.execute(f"use {quoted(catalog)}")
        rows = connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns()"
            " where not internal and database_name = ? order by schema_name, table_name, column_index",
            [catalog],
        ).fetchall()
        for schema, table, column, kind in rows:
            self.columns.setdefault(f"{schema}.{table}", []).append((column, kind))
        views = connection.execute(
            "select schema_name || '.' || view_name from duckdb_views() where not internal and database_name = ?",
            [catalog],
        ).fetchall()
        views = {name for (name,) in views}
        for number, name in enumerate(self.columns):
            schema, table = name.split(".", 1)
            self.kinds[name] = "view" if name in views else "table"
            self.numbers[name] = number
            relation = ".".join(map(quoted, (catalog, schema, table)))
            try:
                connection.execute(f"create table weir_scratch.t{number} as from {relation}")
            except duckdb.Error as error:
                self.failures[name] = str(error).splitlines()[0]
        connection.close()


def differences(left, right, allowed):
    """Every difference of two copies as a line; `allowed` names columns (or `*`) of relations that may differ."""
    found = []
    judge = duckdb.connect()
    judge.execute(f"attach '{left.scratch}' as a (read_only); attach '{right.scratch}' as b (read_only)")
    for name in sorted(left.columns.keys() | right.columns.keys()):
        skipped = columns_allowed(name, allowed)
        if "*" in skipped:
            continue
        if name not in right.columns or name not in left.columns:
            found.append(f"{name} is made by {'dbt' if name in left.columns else 'weir'} alone")
        elif left.kinds[name] != right.kinds[name]:
            found.append(f"{name} is a {left.kinds[name]} of dbt and a {right.kinds[name]} of weir")
        elif left.columns[name] != right.columns[name]:
            found.append(f"{name} has other columns: {first_difference(left.columns[name], right.columns[name])}")
        elif name in left.failures or name in right.failures:
            if left.failures.get(name) != right.failures.get(name):
                found.append(f"{name} cannot be read: {left.failures.get(name)} / {right.failures.get(name)}")
        else:
            found += rows_that_differ(judge, name, left, right, skipped)
    return found


def rounded(column):
    return f"format('{{:.12g}}', {quoted(column)}) as {quoted(column)}"


def columns_allowed(name, allowed):
    columns = set()
    for entry in allowed:
        if fnmatch.fnmatchcase(name, entry["relation"]):
            columns |= set(entry["columns"])
    return columns


def first_difference(left, right):
    pairs = zip(left + [None] * len(right), right + [None] * len(left))
    return next(f"{one} / {other}" for one, other in pairs if one != other)


def rows_that_differ(judge, name, left, right, skipped):
    present = [column for column, _ in left.columns[name] if column in skipped]
    if len(present) == len(left.columns[name]):
        return []
    shown = f"* exclude ({', '.join(map(quoted, present))})" if present else "*"
    # DuckDB adds floating-point numbers in the order in which its threads bring them: the last digits are chance.
    inexact = [column for column, kind in left.columns[name] if kind in ("DOUBLE", "FLOAT") and column not in skipped]
    if inexact:
        shown += f" replace ({', '.join(rounded(column) for column in inexact)})"
    one, other = f"a.t{left.numbers[name]}", f"b.t{right.numbers[name]}"
    found = []
    for tool, these, those in (("dbt", one, other), ("weir", other, one)):
        query = f"(select {shown} from {these} except all select {shown} from {those})"
        count = judge.execute(f"select count(*) from {query}").fetchone()[0]
        if count:
            sample = judge.execute(f"from {query} limit 1").fetchone()
            found.append(f"{name}: {count} rows are {tool}'s alone, such as {str(sample)[:300]}")
    return found
