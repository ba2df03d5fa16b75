# Weir's everyday commands. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CACHE := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/weir
DUCKDB ?= $(CACHE)/duckdb/1.5.5
# The extensions that Weir, its tests and its demo use. More: make deps EXTENSIONS="fts spatial"
EXTENSIONS ?= avro aws azure delta ducklake excel fts httpfs iceberg mysql_scanner odbc_scanner postgres_scanner \
  sqlite_scanner
CONFIG ?= release
FILTER ?=
PREFIX ?= /usr/local

export WEIR_CACHE := $(CACHE)
export PKG_CONFIG_PATH := $(DUCKDB)/lib/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))

.PHONY: help deps build demo test conformance projects bench record install format lint clean env

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

deps: ## install what a build needs: Debian packages, DuckDB's library
	@scripts/deps.sh "$(DUCKDB)" $(EXTENSIONS)

build: deps ## build weir and its tests (CONFIG=debug for a debug build)
	@scripts/build.sh $(CONFIG) "$(DUCKDB)" --build-tests

demo: .build/release.built ## a year of real flights: read, modelled, checked, published, asked
	@scripts/demo.sh

test: build ## run the tests (FILTER=PlannerTests for some of them)
	@scripts/fetch.py flights "$(CACHE)/flights"
	@scripts/services.sh "$(CACHE)"
	@swift test --configuration $(CONFIG) -Xswiftc -enable-testing --skip-build $(if $(FILTER),--filter "$(FILTER)")

conformance: build ## run dbt's acceptance tests with weir; writes docs/conformance.md
	@Tests/Conformance/dbt/run.sh "$(CACHE)" ".build/$(CONFIG)/weir"

projects: build ## build public dbt projects with dbt and with weir and compare; writes docs/projects.md
	@Tests/acceptance/projects/run.sh "$(CACHE)" ".build/$(CONFIG)/weir" --document docs/projects.md

bench: build ## compare with dbt and a bare loop over DuckDB; writes docs/benchmarks.md
	@Benchmarks/run.sh

record: ## record the examples' expected tables anew, with dbt-duckdb and DuckDB
	@scripts/fetch.py flights "$(CACHE)/flights"
	@"$$(scripts/peer.sh "$(CACHE)")" scripts/record-examples.py "$(CACHE)/flights"

install: .build/release.built ## install into PREFIX (/usr/local)
	@scripts/install.sh "$(DUCKDB)" "$(PREFIX)" "$(DESTDIR)"

format: ## lay the sources out as `swift format` has it
	@swift format --in-place --parallel --recursive Package.swift Sources Tests

lint: ## check layout and scripts
	@scripts/lint.sh

clean: ## remove what builds and examples left (the cache stays)
	@rm -rf .build Examples/*/target Examples/*/.weir Examples/*/logs Examples/*/data Examples/*/*.duckdb*

env: ## print what `swift build` and `swift test` need by hand: eval "$(make env)"
	@$(MAKE) deps >&2
	@echo 'export PKG_CONFIG_PATH="$(PKG_CONFIG_PATH)" LD_LIBRARY_PATH="$(DUCKDB)/lib"'

# The program alone, built only when something is newer.
.build/release.built: Package.swift $(shell find Sources -type f) | deps
	@scripts/build.sh release "$(DUCKDB)" --product weir
