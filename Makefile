# Every command sets itself up, from nothing but python3 (3.11 or later) and make, in ./.venv.
.DEFAULT_GOAL := help
.PHONY: help demo test check check-lowest bench clean

PYTHON ?= python3
export PYTHONSAFEPATH := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

BIN := .venv/bin
LOW := .venv-lowest/bin
INPUTS := pyproject.toml hatch_build.py
SLOW := tests/browser tests/lint tests/package

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: .venv/installed  ## audit real résumé callbacks, and say where the report is
	@$(BIN)/fairwitness demo --force --out fairwitness-demo
	@echo $(CURDIR)/fairwitness-demo

test: .venv/installed-dev  ## all tests and the examples in docstrings
	$(BIN)/python -m pytest --numprocesses auto --doctest-modules --pyargs fairwitness tests

check: .venv/installed-dev  ## style, types, who imports whom, templates, words
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/lint/words.py
	$(BIN)/python tests/lint/templates.py
	$(BIN)/python tests/lint/places.py

check-lowest: .venv-lowest/installed  ## the tests of the core, at the lowest versions we declare
	$(LOW)/python -m pytest --numprocesses auto $(SLOW:%=--ignore=%)

bench: .venv/installed-dev  ## how long audits take, how often tests and gates err, what the plugin costs
	$(BIN)/python benchmarks

clean:  ## remove what these commands made
	rm -rf .venv .venv-lowest build dist fairwitness-demo

.venv/installed: $(INPUTS) constraints.txt
	$(call environment,.venv,constraints.txt)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --build-constraint constraints.txt --editable .
	@touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev
	@touch $@

.venv-lowest/installed: $(INPUTS) constraints-lowest.txt
	$(call environment,.venv-lowest,constraints-lowest.txt)
	$(LOW)/python -m pip install --quiet --constraint constraints-lowest.txt --build-constraint constraints-lowest.txt \
		--editable '.[data,http,mlflow,onnx,polars,skops]' --group test
	@touch $@

# A virtual environment in $(1) with the pip that the constraints $(2) name.
define environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "fairwitness needs Python 3.11 or later, and \
$(PYTHON) is %d.%d. Do: make PYTHON=python3.11 …" % sys.version_info[:2])'
$(PYTHON) -m venv $(1)
$(1)/bin/python -m pip install --quiet --constraint $(2) --upgrade pip
endef
