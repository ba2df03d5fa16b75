"""The projects that the benchmarks build: the same files for Weir and for dbt, the same SQL for the bare loop."""

import pathlib

PROFILE = "bench: {target: dev, outputs: {dev: {type: duckdb, path: bench.duckdb, threads: 4}}}\n"
PROJECT = "name: bench\nversion: '1.0'\nprofile: bench\nmodels: {bench: {+materialized: table}}\n"


def lay_out(folder, models, properties=""):
    """Writes a project and returns its folder."""
    folder = pathlib.Path(folder)
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILE)
    for name, text in models.items():
        (folder / "models" / f"{name}.sql").write_text(text)
    if properties:
        (folder / "models" / "models.yml").write_text(properties)
    return folder


def many(count):
    """Small tables, every other one read from the one before: as templates, and as plain SQL in order."""
    templates, statements = {}, []
    for number in range(count):
        name = f"m{number:04}"
        if number % 2 == 0:
            text = f"select i as id, i * {number + 1} as value from range(1000) as t(i)\n"
            templates[name] = text
        else:
            text = "select id, value + 1 as value from {source} where id % 2 = 0\n"
            templates[name] = text.format(source="{{ ref('m%04d') }}" % (number - 1))
            text = text.format(source=f"m{number - 1:04}")
        statements.append(f"create or replace table {name} as {text}")
    return templates, statements


HEAVY = """select
  (i * 7919) % 1000003 as key,
  count(*) as n,
  sum(i % 1009) as total,
  max(hash(i) % 65537) as peak
from range(100000000) as t(i)
group by all
"""


def to_compile(count):
    """Models as people write them (a config, a loop, references, a macro's arguments), with a check on each."""
    templates, properties = {}, ["version: 2", "models:"]
    for number in range(count):
        name = f"model_{number:04}"
        parents = sorted({max(number - 1, 0), number // 2} - {number})
        sources = "\n".join(
            f"left join {{{{ ref('model_{parent:04}') }}}} as p{parent} using (id)" for parent in parents
        )
        templates[name] = f"""{{{{ config(materialized='table', tags=['layer_{number % 7}']) }}}}
{{% set measures = ['amount', 'tax', 'discount'] %}}

select
  base.id,
  {{%- for measure in measures %}}
  sum(case when base.kind = '{{{{ measure }}}}' then base.value else 0 end) as {{{{ measure }}}}_{number}{{{{ ',' if not loop.last }}}}
  {{%- endfor %}}
from (select {number} as id, 'amount' as kind, 1 as value) as base
{sources}
{{% if var('recent', false) %}}where base.id > {{{{ var('since', 0) }}}}{{% endif %}}
group by 1
"""
        properties += [f"  - name: {name}", "    columns:", "      - name: id", "        data_tests: [not_null]"]
    return templates, "\n".join(properties) + "\n"
