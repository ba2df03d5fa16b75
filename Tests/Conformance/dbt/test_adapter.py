"""One class for each of those that dbt publishes for its adapters, as it stands."""
import importlib
import inspect
import pathlib

import dbt.tests.adapter
import pytest

FOLDER = pathlib.Path(next(iter(dbt.tests.adapter.__path__)))


def published():
    """Every class with tests, with the file it stands in; those that only name another one again are left out."""
    for path in sorted(FOLDER.rglob("*.py")):
        if path.name == "__init__.py":
            continue
        name = ".".join(path.relative_to(FOLDER).with_suffix("").parts)
        module = importlib.import_module(f"dbt.tests.adapter.{name}")
        for title, value in sorted(vars(module).items()):
            if not inspect.isclass(value) or value.__module__ != module.__name__:
                continue
            adds = any(not key.startswith("__") for key in vars(value)) or len(value.__bases__) > 1
            if adds and any(key.startswith("test_") for key in dir(value)):
                yield path, name, title, value


def adopt(path, name, title, value):
    @pytest.fixture(scope="class")
    def test_data_dir(self):
        return str(path.parent / "data")

    own = f"Test_{name.split('.')[-1].removeprefix('test_')}_{title}"
    return own, type(own, (value,), {"test_data_dir": test_data_dir, "__test__": True})


for found in published():
    own_name, own_class = adopt(*found)
    globals()[own_name] = own_class
