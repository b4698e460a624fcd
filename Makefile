# python3 and make are enough: every target sets up what it needs, in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo check test test-all bench fuzz docs clean lint types-pure rooms tests-pure types tests-torch
.DEFAULT_GOAL := help

help:
	@echo "make demo      train specs/digits.yaml on real handwritten digits"
	@echo "make check     all that needs no torch: format, lint, types, import rules, tests"
	@echo "make test      make check, and types and tests of what needs torch: what CI runs"
	@echo "make test-all  make test, with the slow tests"
	@echo "make docs      write schemas/ and the reference pages in docs/ anew"
	@echo "make bench     the measurements of benchmarks/README.md"
	@echo "make fuzz      random specs at every size, against torch; N=20000 says how many"
	@echo "make clean     remove .venv and all that tools leave behind"

# Each environment is the one before with more in it, so that whoever only checks never waits for torch.
$(VENV)/.pip: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade pip
	@touch $@

$(VENV)/.dev: $(VENV)/.pip
	$(PIP) install --editable '.[dev]'
	@touch $@

$(VENV)/.train: $(VENV)/.pip
	$(PIP) install --editable '.[train]'
	$(BIN)/python -m compileall -q cnnspec
	@touch $@

$(VENV)/.bench: $(VENV)/.dev $(VENV)/.train
	$(PIP) install --editable '.[train,bench]'
	@touch $@

demo: $(VENV)/.train
	$(BIN)/cnnspec summary specs/digits.yaml
	$(BIN)/cnnspec train specs/digits.yaml

# Tests run in as many processes as there are cores, torch with a thread in each. The slow ones run in one: two of the
# zoo's largest networks at once are more than most machines have memory for.
PROCESSES := auto
PYTEST = OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses $(PROCESSES) --dist worksteal
MARKED := -m "not slow"

# Rooms that know no torch; their tests cover them to the last branch.
PURE := core expressions reader declare layers settings language compiler library
COVERAGE := $(PURE:%=--cov=cnnspec.%) --cov-branch --cov-fail-under=100
PURE_TYPES := $(PURE:%=--package=cnnspec.%) --package=cnnspec.render

check: lint types-pure rooms tests-pure

test: TRACE := $(COVERAGE)
test: check types tests-torch

test-all: MARKED :=
test-all: PROCESSES := 0
test-all: test

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types-pure: $(VENV)/.dev
	$(BIN)/mypy $(PURE_TYPES)

rooms: $(VENV)/.dev
	$(BIN)/lint-imports

tests-pure: $(VENV)/.dev
	$(PYTEST) --torch=without $(MARKED) $(TRACE)

types: $(VENV)/.dev $(VENV)/.train
	$(BIN)/mypy

tests-torch: $(VENV)/.dev $(VENV)/.train
	$(PYTEST) --torch=only $(MARKED)

docs: $(VENV)/.dev
	$(BIN)/python -m tests.generated

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

N := 1000

fuzz: $(VENV)/.dev $(VENV)/.train
	OMP_NUM_THREADS=1 $(BIN)/python -u -m tests.fuzz $(N)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
