# `make demo` and `make test` set up all they need; python3 and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-all lint types rooms pytest bench docs clean
.DEFAULT_GOAL := help

help:
	@echo "make demo      train specs/digits.yaml on real handwritten digits"
	@echo "make test      format, lint, types, import rooms, tests"
	@echo "make test-all  the same with the slow tests"
	@echo "make bench     the measurements of benchmarks/README.md"
	@echo "make docs      write schemas/ and the reference pages in docs/ anew"

$(VENV)/.train: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[train]'
	$(BIN)/python -m compileall -q cnnspec
	@touch $@

$(VENV)/.dev: $(VENV)/.train
	$(BIN)/python -m pip install --quiet --editable '.[train,dev]'
	@touch $@

demo: $(VENV)/.train
	$(BIN)/cnnspec summary specs/digits.yaml
	$(BIN)/cnnspec train specs/digits.yaml

test: lint types rooms pytest

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

rooms: $(VENV)/.dev
	$(BIN)/lint-imports

# The rooms of pure code are covered to the last branch.
PURE := --cov=cnnspec.core --cov=cnnspec.layers --cov=cnnspec.language --cov=cnnspec.compiler
COVERED := $(PURE) --cov-branch --cov-fail-under=100

pytest: $(VENV)/.dev
	$(BIN)/pytest -m "not slow" $(COVERED)

test-all: lint types rooms
	$(BIN)/pytest $(COVERED)

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --editable '.[train,dev,bench]'
	@touch $@

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev
	$(BIN)/python -m tests.generated

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
