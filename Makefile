# SPDX-License-Identifier: Apache-2.0
# `make demo` and `make test` are all a newcomer needs; both set themselves up.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BULK := .venv-bulk
LISTS ?= ../shared/data
GOLD ?= ../shared/bench

.DEFAULT_GOAL := help
.PHONY: help demo test test-bulk check fix bench fuzz docs lock clean

help: ## show what can be done
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

$(STAMP): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Highfence needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --only-binary :all: --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## four authorities' nodes share what they know (ARGS="--once", ARGS="--lists DIR")
	$(BIN)/highfence demo $(ARGS)

test: $(STAMP) ## all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

$(BULK)/.installed: requirements/dev.lock requirements/bulk.lock pyproject.toml
	$(PYTHON) -m venv $(BULK)
	$(BULK)/bin/python -m pip install --quiet --only-binary :all: --require-hashes -r requirements/dev.lock
	$(BULK)/bin/python -m pip install --quiet --only-binary :all: --no-binary pyspark --require-hashes -r requirements/bulk.lock
	$(BULK)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

test-bulk: $(BULK)/.installed ## tests of the extra bulk: DuckDB, and Spark where there is a Java
	$(BULK)/bin/python -m pytest -n 2 --dist loadgroup -m bulk $(ARGS)

check: $(STAMP) ## ruff, mypy --strict, import layers, tidy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_tidy.py

fix: $(STAMP) ## format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## measure: tables with ratios, JSON in bench/results
	$(BIN)/python bench/propagation.py
	$(BIN)/python bench/import.py --lists $(LISTS)
	$(BIN)/python bench/matching.py --pairs $(GOLD)/name_pairs.csv --lists $(LISTS)
	$(BIN)/python bench/screening.py --lists $(LISTS) --pairs $(GOLD)/cross_list_pairs.csv
	$(BIN)/python bench/resolve.py --lists $(LISTS) --gold $(GOLD)/name_pairs.csv
	$(BIN)/python bench/ownership.py
	$(BIN)/python bench/register.py --lists $(LISTS)
	$(BIN)/python bench/pages.py --lists $(LISTS)
	$(BIN)/python bench/determine.py --lists $(LISTS)
	$(BIN)/python bench/denials.py

fuzz: $(STAMP) ## screen 100,000 hostile names; fails on an exception or a slow one (ARGS="--names N")
	$(BIN)/python fuzz/names.py $(ARGS)

docs: $(STAMP) ## regenerate the command-line reference
	$(BIN)/python docs/generate.py

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -o requirements/core.lock
	uv pip compile pyproject.toml --group dev --extra postgres --extra nats --universal --python-version 3.11 --generate-hashes --no-header -c requirements/core.lock -o requirements/dev.lock requirements/build.in
	uv pip compile pyproject.toml --extra bulk --universal --python-version 3.11 --generate-hashes --no-header -c requirements/dev.lock -o requirements/bulk.lock

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) $(BULK) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
