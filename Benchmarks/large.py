#!/usr/bin/env python3
"""Writes a large project that Weir and dbt both read: models in layers, sources, macros, and checks of several kinds.

The same arguments give the same files, byte for byte. Run by hand: `Benchmarks/large.py FOLDER [--models 10000]`.
"""

import argparse
import pathlib
import random

PROFILE = "bench: {target: dev, outputs: {dev: {type: duckdb, path: bench.duckdb, threads: 2}}}\n"

PROJECT = """name: large
version: '1.0'
profile: bench
vars:
  since: '2024-01-01'
  currencies: [eur, usd, gbp]
models:
  large:
    +tags: [large]
    staging:
      +materialized: view
      +tags: [staging]
    intermediate:
      +materialized: view
    marts:
      +materialized: table
      +meta: {owner: finance}
data_tests:
  large:
    +severity: "{{ env_var('LARGE_SEVERITY', 'error') }}"
"""

MACROS = """{% macro cents_to_units(column, digits=2) -%}
  round({{ column }} / 100.0, {{ digits }})
{%- endmacro %}

{% macro clean_text(column) -%}
  nullif(trim(lower({{ column }})), '')
{%- endmacro %}

{% macro money_columns(currencies) -%}
  {%- for currency in currencies %}
  sum(case when base.currency = '{{ currency }}' then {{ cents_to_units('base.amount') }} else 0 end) as amount_{{ currency }}
  {%- if not loop.last %},{% endif %}
  {%- endfor %}
{%- endmacro %}

{% macro recent(column) -%}
  {%- if var('only_recent', false) -%}
    {{ column }} >= date '{{ var('since') }}'
  {%- else -%}
    true
  {%- endif -%}
{%- endmacro %}

{% test at_least(model, column_name, value) %}
select {{ column_name }} from {{ model }} where {{ column_name }} < {{ value }}
{% endtest %}
"""

STAGING = """{{{{ config(tags=['area_{area}']) }}}}

with raw as (
  select * from {{{{ source('{source}', '{table}') }}}}
)

select
  id,
  {{{{ clean_text('status') }}}} as status,
  {{{{ clean_text('currency') }}}} as currency,
  amount,
  created_at
from raw
where {{{{ recent('created_at') }}}}
"""

INTERMEDIATE = """{{% set parents = [{parents}] %}}

with together as (
  {{%- for parent in parents %}}
  select id, status, currency, amount, created_at from {{{{ ref(parent) }}}}
  {{%- if not loop.last %}}
  union all
  {{%- endif %}}
  {{%- endfor %}}
)

select
  id,
  status,
  currency,
  amount + {number} as amount,
  created_at
from together
{{# all that is older belongs to the archive #}}
where created_at >= date '{{{{ var('since') }}}}'
"""

MART = """{{{{ config(materialized='table', tags=['area_{area}', 'daily']) }}}}

select
  base.id,
  base.status,
  base.currency,
  base.amount,
  base.created_at,
  {{%- for measure in ['first', 'last'] %}}
  {{{{ 'min' if measure == 'first' else 'max' }}}}(base.created_at) as {{{{ measure }}}}_seen,
  {{%- endfor %}}
  {{{{ money_columns(var('currencies')) }}}}
from {{{{ ref('{first}') }}}} as base
{joins}
group by all
"""


def parent_list(names):
    return ", ".join(f"'{name}'" for name in names)


class Large:
    """The files of a project of so many models, a third in each layer, forty to a folder."""

    def __init__(self, count, seed=1):
        self.random = random.Random(seed)
        self.files = {
            "dbt_project.yml": PROJECT, "profiles.yml": PROFILE, "macros/shared.sql": MACROS,
        }
        self.folders = {}
        staging = [f"stg_{number:05}" for number in range(count // 3)]
        middle = [f"int_{number:05}" for number in range(count // 3)]
        marts = [f"mart_{number:05}" for number in range(count - len(staging) - len(middle))]
        tables = self.sources(max(1, count // 20))
        for number, name in enumerate(staging):
            source, table = tables[number % len(tables)]
            self.add("staging", number, name, STAGING.format(area=number % 9, source=source, table=table))
        for number, name in enumerate(middle):
            parents = self.some(staging + middle[max(0, number - 200):number], 3)
            self.add("intermediate", number, name, INTERMEDIATE.format(parents=parent_list(parents), number=number % 10))
        for number, name in enumerate(marts):
            first, *others = self.some(middle + marts[max(0, number - 200):number], 3)
            joins = "\n".join(f"left join {{{{ ref('{other}') }}}} as p{at} on p{at}.id = base.id" for at, other in enumerate(others))
            self.add("marts", number, name, MART.format(area=number % 9, first=first, joins=joins))
        for folder, (names, entries) in sorted(self.folders.items()):
            self.files[f"{folder}/_models.yml"] = "version: 2\nmodels:\n" + "".join(entries)

    def some(self, names, most):
        return self.random.sample(names, self.random.randint(1, min(most, len(names))))

    def sources(self, count):
        """Sources of twenty tables each; gives their tables."""
        tables = []
        for number in range((count + 19) // 20):
            name = f"raw_{number:03}"
            text = f"version: 2\nsources:\n  - name: {name}\n    schema: raw\n    tables:\n"
            for table in range(min(20, count - number * 20)):
                text += f"      - name: events_{table:02}\n        description: Events of system {number}, kind {table}.\n"
                tables.append((name, f"events_{table:02}"))
            self.files[f"models/staging/sources/{name}.yml"] = text
        return tables

    def add(self, layer, number, name, text):
        folder = f"models/{layer}/area_{number // 40:03}"
        self.files[f"{folder}/{name}.sql"] = text
        known, entries = self.folders.setdefault(folder, ([], []))
        known.append(name)
        entries.append(self.entry(name, known))

    def entry(self, name, neighbours):
        """A model's entry, with one check: of a kind that is drawn."""
        checks = [
            ("id", "          - not_null\n"),
            ("id", "          - unique\n"),
            ("currency", "          - accepted_values:\n              arguments:\n                values: [eur, usd, gbp]\n"),
            ("amount", "          - at_least:\n              arguments:\n                value: 0\n              config:\n                severity: warn\n"),
            ("id", "          - relationships:\n              arguments:\n                to: ref('%s')\n                field: id\n" % neighbours[0]),
        ]
        column, check = self.random.choice(checks)
        text = f"  - name: {name}\n    description: \"What {name.replace('_', ' ')} holds, a row an event.\"\n    columns:\n"
        for other in ["id", "status", "amount"]:
            if other == column:
                continue
            text += f"      - name: {other}\n        description: The {other} of the event.\n"
        return text + f"      - name: {column}\n        data_tests:\n{check}"


def write(folder, count, seed=1):
    """Writes a project into a new folder, and returns the folder."""
    folder = pathlib.Path(folder)
    for name, text in Large(count, seed).files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def source_tables():
    """Statements that make the project's source tables, empty, in the database of its profile."""
    columns = "id bigint, status varchar, currency varchar, amount bigint, created_at timestamp"
    tables = [f"create table raw.events_{number:02} ({columns})" for number in range(20)]
    return ["create schema if not exists raw", *tables]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder")
    options.add_argument("--models", type=int, default=10000)
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    write(arguments.folder, arguments.models, arguments.seed)


if __name__ == "__main__":
    main()
