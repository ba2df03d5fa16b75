/// The program that runs a Python model in a Python of the user's. It talks by lines of JSON: it asks for tables on its
/// standard output, is answered on its standard input, and says at last what became of the model.
enum PythonHandler {
  static let source = #"""
    """Runs one model of a Weir project; started by Weir."""
    import json
    import os
    import sys
    import threading
    import types


    def take_channels():
        """Keeps the two pipes to Weir for itself: what the model prints goes to standard error."""
        requests = os.fdopen(os.dup(1), "w", encoding="utf-8")
        answers = os.fdopen(os.dup(0), "r", encoding="utf-8")
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
        return requests, answers


    def end_with_weir(descriptor):
        """Ends the model when nobody is there any more who waits for it."""
        import select
        import signal

        def wait():
            poll = select.poll()
            poll.register(descriptor, 0)
            poll.poll()
            os.killpg(0, signal.SIGKILL)

        threading.Thread(target=wait, daemon=True).start()


    class Failure(Exception):
        """What Weir tells the user in these words."""

        def __init__(self, message, hint=None):
            super().__init__(message)
            self.hint = hint


    class Weir:
        """The other end."""

        def __init__(self, requests, answers):
            self.requests = requests
            self.answers = answers
            self.lock = threading.Lock()

        def ask(self, request):
            with self.lock:
                self.requests.write(json.dumps(request) + "\n")
                self.requests.flush()
                answer = self.answers.readline()
            if not answer:
                os._exit(3)
            return json.loads(answer)


    def module_or_none(name):
        try:
            return __import__(name)
        except ImportError:
            return None


    # Parquet has no like of these: they travel as text.
    WORDS = {"HUGEINT", "UHUGEINT", "INTERVAL", "BIT", "BIGNUM", "TIMETZ"}


    def carried(kind):
        """A type as Parquet carries it."""
        out, word, quote = [], "", None
        for letter in kind.replace("TIME WITH TIME ZONE", "TIMETZ") + " ":
            if quote:
                out.append(letter)
                if letter == quote:
                    quote = None
            elif letter.isalnum() or letter == "_":
                word += letter
            else:
                out.append("VARCHAR" if word in WORDS else word)
                word = ""
                out.append(letter)
                if letter in "'\"":
                    quote = letter
        return "".join(out)[:-1].replace("TIMETZ", "TIME WITH TIME ZONE")


    def quoted(name):
        return '"' + name.replace('"', '""') + '"'


    def literal(text):
        return "'" + text.replace("'", "''") + "'"


    class WithDuckDB:
        """Tables by way of the duckdb package: what `dbt.ref` gives is a relation, and `session` a connection."""

        exact = True

        def __init__(self, duckdb, spec, weir):
            self.duckdb = duckdb
            self.weir = weir
            self.folder = spec["folder"]
            self.session = duckdb.connect(":memory:")
            self.session.execute("SET temp_directory = " + literal(self.folder + "/spill"))
            self.count = 0
            self.use(spec["database"])

        def use(self, database):
            if not database:
                return
            self.attach(database)
            self.session.execute("USE " + quoted(database))

        def attach(self, database):
            names = [row[0].lower() for row in self.session.execute("SHOW DATABASES").fetchall()]
            if database.lower() not in names:
                self.session.execute("ATTACH ':memory:' AS " + quoted(database))

        def bring(self, path, answer):
            columns = ", ".join(
                "CAST({0} AS {1}) AS {0}".format(quoted(name), kind) for name, kind in answer["columns"])
            if len(path) == 3:
                self.attach(path[0])
                self.session.execute("CREATE SCHEMA IF NOT EXISTS " + ".".join(map(quoted, path[:2])))
                name = ".".join(map(quoted, path))
            else:
                self.count += 1
                name = "memory.main.weir_input_%d" % self.count
            self.session.execute(
                "CREATE OR REPLACE VIEW %s AS SELECT %s FROM read_parquet(%s)"
                % (name, columns, literal(answer["file"])))
            return name

        def table(self, name):
            return self.session.query("select * from " + name)

        def deliver(self, result, file):
            if not isinstance(result, self.duckdb.DuckDBPyRelation):
                try:
                    self.session.register("weir_result", result)
                except Exception:
                    # What DuckDB does not know, other packages may.
                    return WithoutDuckDB().deliver(result, file)
                result = self.session.query('SELECT * FROM "weir_result"')
            columns = [[name, str(kind)] for name, kind in zip(result.columns, result.types)]
            select = ", ".join(
                "CAST({0} AS {1}) AS {0}".format(quoted(name), carried(kind)) if carried(kind) != kind
                else quoted(name) for name, kind in columns)
            result.project(select).write_parquet(file)
            return {"file": file, "columns": columns}


    class Rows:
        """A table that was handed over, without DuckDB: read by pyarrow, pandas or polars when it is asked for."""

        def __init__(self, file):
            self.file = file

        def arrow(self):
            return need("pyarrow.parquet").read_table(self.file)

        fetch_arrow_table = to_arrow_table = arrow

        def df(self):
            pandas = need("pandas")
            if module_or_none("pyarrow"):
                return self.arrow().to_pandas()
            return pandas.read_parquet(self.file)

        to_df = fetchdf = to_pandas = df

        def pl(self):
            return need("polars").read_parquet(self.file)

        to_polars = pl

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            raise Failure(
                "a table that dbt.ref gives has no '%s' without DuckDB's package" % name,
                "install it: %s -m pip install duckdb; without it there are .df(), .pl() and .arrow()"
                % sys.executable)


    def need(name):
        import importlib

        try:
            return importlib.import_module(name)
        except ImportError:
            package = name.split(".")[0]
            raise Failure(
                "the model needs the package '%s'" % package,
                "install it: %s -m pip install %s" % (sys.executable, package)) from None


    class NoSession:
        def __getattr__(self, name):
            raise Failure(
                "`session` needs DuckDB's package", "install it: %s -m pip install duckdb" % sys.executable)


    class WithoutDuckDB:
        exact = False

        def __init__(self):
            self.session = NoSession()

        def bring(self, path, answer):
            return answer["file"]

        def table(self, name):
            return Rows(name)

        def deliver(self, result, file):
            if isinstance(result, Rows):
                return {"file": result.file, "columns": None}
            polars, pandas = sys.modules.get("polars"), sys.modules.get("pandas")
            if polars and isinstance(result, polars.LazyFrame):
                result = result.collect()
            if polars and isinstance(result, polars.DataFrame):
                result.write_parquet(file)
            elif pandas and isinstance(result, pandas.DataFrame):
                pyarrow = need("pyarrow")
                self.write(pyarrow.Table.from_pandas(result, preserve_index=False), file)
            elif hasattr(result, "__arrow_c_stream__"):
                self.write(need("pyarrow").table(result), file)
            elif hasattr(result, "to_table"):
                self.write(result.to_table(), file)
            else:
                raise Failure(
                    "the model returned %s, which is no table" % described(result),
                    "return a pandas or polars DataFrame or a pyarrow Table; more is possible with the package duckdb")
            return {"file": file, "columns": None}

        def write(self, table, file):
            need("pyarrow.parquet").write_table(table, file)


    def described(value):
        kind = type(value)
        if value is None:
            return "None"
        name = kind.__name__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__name__
        return ("an " if name[0].lower() in "aeiou" else "a ") + name


    class Inputs:
        """What the model may read; each is fetched when it is first asked for."""

        def __init__(self, spec, weir, tables):
            self.paths = {item["name"]: item["path"] for item in spec["inputs"]}
            self.paths.setdefault(spec["this"]["name"], spec["this"]["path"])
            self.weir = weir
            self.tables = tables
            self.known = {}
            self.lock = threading.Lock()

        def name(self, name):
            with self.lock:
                if name not in self.known:
                    answer = self.weir.ask({"get": name, "exact": self.tables.exact})
                    if "error" in answer:
                        raise Failure(answer["error"], answer.get("hint"))
                    self.known[name] = self.tables.bring(self.paths[name], answer)
                return self.known[name]

        def load(self, name):
            return self.tables.table(self.name(name))


    class OwnTable:
        """`dbt.this`: its rows are there for `session` once its name is asked for."""

        def __init__(self, this, bring):
            self._this = this
            self._bring = bring

        def __getattr__(self, name):
            if name == "identifier":
                self._bring()
            return getattr(self._this, name)

        def __repr__(self):
            self._bring()
            return repr(self._this)


    def run(spec, weir):
        file = spec["path"]
        module = types.ModuleType("__weir_model__")
        module.__file__ = file
        sys.modules[module.__name__] = module
        blank = "\n" * (spec["first_line"] - 1)
        exec(compile(blank + spec["code"], file, "exec", dont_inherit=True), module.__dict__)
        duckdb = module_or_none("duckdb")
        tables = WithDuckDB(duckdb, spec, weir) if duckdb else WithoutDuckDB()
        inputs = Inputs(spec, weir, tables)
        wrapper = {"__name__": "__weir__"}
        exec(compile(spec["wrapper"], "<weir>", "exec", dont_inherit=True), wrapper)
        dbt = wrapper["dbtObj"](inputs.load)

        def bring():
            try:
                inputs.name(spec["this"]["name"])
            except Failure:
                # It was not built yet: whoever reads it is told so by DuckDB.
                pass

        dbt.this = OwnTable(dbt.this, bring)
        result = module.model(dbt, tables.session)
        if result is None:
            raise Failure("the model returned None", "end the function with the table that it gives: return df")
        return tables.deliver(result, spec["folder"] + "/result.parquet")


    def places(error, spec):
        """Where an error passed through, without what is Weir's; the innermost last."""
        import traceback

        own = (os.path.abspath(__file__), "<weir>")
        found = []
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename not in own and "importlib._bootstrap" not in frame.filename:
                found.append([frame.filename, frame.lineno or 0, frame.name])
        while found and found[0][0] != spec["path"] and any(place[0] == spec["path"] for place in found):
            found.pop(0)
        return found


    def failed(error, spec):
        import traceback

        report = {"kind": type(error).__name__, "message": str(error), "places": places(error, spec)}
        if isinstance(error, SyntaxError):
            report["syntax"] = [error.filename, error.lineno or 0, error.offset or 0]
            report["message"] = error.msg
        if isinstance(error, Failure):
            report["kind"] = None
            report["hint"] = error.hint
        if isinstance(error, SystemExit):
            report["kind"] = None
            report["message"] = "the model ended its Python: sys.exit(%s)" % ("" if error.code is None else error.code)
        if isinstance(error, ModuleNotFoundError) and error.name:
            report["hint"] = "install what it is part of: %s -m pip install %s" % (
                sys.executable, error.name.split(".")[0])
        if any(place[0] != spec["path"] for place in report["places"]):
            # The whole way is for the log.
            lines = ["Traceback (most recent call last):\n"]
            lines += ['  File "%s", line %d, in %s\n' % tuple(place) for place in report["places"]]
            sys.stderr.write("".join(lines + traceback.format_exception_only(type(error), error)))
        return report


    def main():
        requests, answers = take_channels()
        weir = Weir(requests, answers)
        end_with_weir(answers.fileno())
        with open(sys.argv[1], encoding="utf-8") as file:
            spec = json.load(file)
        own = os.path.dirname(os.path.abspath(__file__))
        sys.path[:] = [path for path in sys.path if path != own] + spec["module_paths"]
        sys.argv[:] = [spec["path"]]
        os.chdir(spec["root"])
        try:
            report = {"result": run(spec, weir)}
        except BaseException as error:
            try:
                report = {"failed": failed(error, spec)}
            except BaseException as other:
                report = {"failed": {"kind": type(error).__name__, "message": repr(other), "places": []}}
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        weir.ask(report)
        # Threads of the model's must not keep it alive.
        os._exit(0)


    if __name__ == "__main__":
        main()

    """#
}
