# What a person or CI does with a checkout. `make` alone lists it.
#
# The environment is made of exactly what the two lock files name, without a resolver: rigour asks for
# `pyicu`, which exists as source only, and the lock has it as wheels, so that no compiler is needed.

SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check
INSTALL := $(PIP) install -qq --no-deps --only-binary :all:
PACKAGES := registry harvester schemas vocab
STATIC := registry/web/static

.PHONY: help run test check rules real bench hostile vocabulary places browser-parts lock audit clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-14s %s\n", $$1, $$2}'

run: $(VENV)/.runtime ## start the registry on http://127.0.0.1:8000 (PORT=8000 VERBUND_HOME=var)
	@exec $(BIN)/verbund up

test: $(VENV)/.dev ## run the whole suite (VERBUND_NO_OMISSIONS=1: nothing may be left out)
	$(BIN)/pytest -m "not network"

check: rules ## everything that CI checks: format, lint, types, contracts, duplicates, tests
	@$(MAKE) --no-print-directory test

rules: $(VENV)/.dev ## make check without the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pylint --score=no --disable=all --enable=duplicate-code $(PACKAGES)

real: $(VENV)/.runtime ## harvest the real hubs of ../shared/data into var/real and print a table
	VERBUND_HOME=var/real $(BIN)/python bench/real.py

bench: $(VENV)/.dev ## measure speed and memory, write bench/results.md (OPTIONS="--rows path --sizes 10000")
	$(BIN)/python -m bench.bench $(OPTIONS)

hostile: $(VENV)/.dev ## try hostile queries, records and hubs, write docs/hostile-*.md (PAGES="queries hubs")
	$(BIN)/python -m bench.hostile $(PAGES)

PLACES := ../shared/data/reference
places: $(VENV)/.runtime ## write anew the places of Saxony (PLACES=folder with the BKG's lists)
	$(BIN)/python -m vocab.make_places $(PLACES)/saxony-municipalities.csv $(PLACES)/saxony-districts.geojson

vocabulary: $(VENV)/.runtime ## write anew what is generated from the vocabulary and the rules
	$(BIN)/python -m vocab.context
	$(BIN)/python -m schemas.build

browser-parts: $(VENV)/.runtime ## fetch font, movable map and editor of queries; pages do without them, too
	.ci/browser-parts $(STATIC) $(BIN)/pip

lock: $(VENV)/.dev ## write the lock files anew from pyproject.toml (UPGRADE=1: newest versions)
	$(LOCK) --extra install --output-file requirements.lock
	$(LOCK) --extra install --extra dev --constraint requirements.lock --output-file requirements-dev.lock

LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

audit: $(VENV)/.dev ## look for known holes in what the lock file names (asks pypi.org)
	@$(BIN)/uv tool run --quiet pip-audit --strict --no-deps --disable-pip --progress-spinner off \
		--requirement requirements.lock \
		|| { echo "Not clean: either a hole is named above, or not everything could be looked up (no network?)."; exit 1; }

clean: ## remove the environment and caches; data in var/ stays
	rm -rf $(VENV) $(STATIC)/fonts $(STATIC)/leaflet $(STATIC)/editor .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Verbund needs Python 3.11 or newer: make PYTHON=python3.12 run")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python lacks venv: apt-get install python3-venv"; exit 1; }

$(VENV)/.runtime: pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing into $(VENV) (the first time takes about a minute) ..."
	$(INSTALL) --requirement requirements.lock
	$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@test -e $(STATIC)/editor/editor.js || .ci/browser-parts $(STATIC) $(BIN)/pip \
		|| echo "Font, map and editor could not be fetched; pages do without. Later: make browser-parts"
	@touch $@

$(VENV)/.dev: requirements-dev.lock package-lock.json $(VENV)/.runtime
	$(INSTALL) --requirement requirements-dev.lock
	.ci/npm-ci $(VENV)/npm $(BIN)/pip --include=dev \
		|| echo "axe-core and the Nu HTML checker could not be fetched; tests with them are left out."
	@touch $@
