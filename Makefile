# offcall: `make run` and `make test` need only Python 3.11+ and make; they do their own set-up.
#
#   make install   .venv with .venv/bin/offcall, from the hash-checked lock
#   make run       install, then print the brief of the bundled sample estate
#   make test      install, then lint and test (installs system packages when allowed to)
#   make lint      ruff, mypy, import-linter
#   make bench     benchmarks, printed as ratios
#   make docs      regenerate docs/reference, and the outputs and picture in README and docs
#   make schemas   make the Kubernetes schemas anew (after an update of kubernetes-validate; needs Go)
#   make lock      resolve requirements.lock anew
#   make clean     remove what is generated, .venv too

PYTHON ?= python3
BIN := .venv/bin
SRC := $(shell find src -name '*.py' 2>/dev/null)
COMPILED := $(shell find src -name '*.pyx' -o -name '*.pxd' 2>/dev/null)
INSPECTOR := tests/surfaces/mcp/inspector
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install run test lint bench docs schemas lock clean system-packages

help:
	@sed -n 's/^#   //p' Makefile

install: .venv/.compiled

.venv/.python: scripts/make-venv
	@PYTHON='$(PYTHON)' scripts/make-venv .venv
	@touch $@

.venv/.locked: .venv/.python requirements.lock scripts/install-locked
	@scripts/install-locked .venv requirements.lock
	@touch $@

# The reader of access logs is compiled: that takes a minute, and a C compiler.
.venv/.offcall: .venv/.locked pyproject.toml src/offcall/__init__.py hatch_build.py $(COMPILED)
	@scripts/system-packages compiler $(BIN)/python
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

# Bytecode is written here and not on first use: PYTHONDONTWRITEBYTECODE, or a read-only
# checkout, would make every start of the command three times slower.
.venv/.compiled: .venv/.offcall $(SRC)
	@$(BIN)/python -m compileall -q src
	@touch $@

run: install
	@$(BIN)/offcall brief --demo

system-packages:
	@scripts/system-packages

$(INSPECTOR)/node_modules/.package-lock.json: .venv/.locked $(INSPECTOR)/package-lock.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix $(INSPECTOR) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

test: install system-packages $(INSPECTOR)/node_modules/.package-lock.json lint
	@$(BIN)/python -m tests.servers.kubernetes
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install
	@for file in benchmarks/[!_]*.py; do \
	  name=$$(basename $$file .py); echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; \
	done

docs: install
	@$(BIN)/python -m scripts.docsgen

schemas: install
	@$(BIN)/python -m scripts.k8sschemas

# Without the header, which would repeat the command with the resolver's own settings.
lock: install
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --generate-hashes --universal \
	  --no-header --no-emit-index-url -q -o requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	rm -rf $(INSPECTOR)/node_modules
	find src -name '*.so' -delete
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
