# Two commands do all the set-up on a fresh machine with Python 3.11 or newer: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help run test site docs check slow clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

# The lock is complete, so no dependency is resolved here: every file is checked against its hash.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name one: make PYTHON=python3.12 ...")'
	@echo "Setting up $(VENV) from requirements.lock; this takes 2 to 4 minutes, once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . 2>/dev/null
	@touch $@

run: $(READY)  ## the main job: read raw/, validate, publish what changed
	$(BIN)/xrecord run

test: $(READY)  ## all tests but the long forms
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup -m "not slow"

slow: $(READY)  ## the long forms: the whole crash matrix, 20,000 tables, 200 scheduled runs
	$(BIN)/python -m pytest -m slow

site: $(READY)  ## the static site, in site/
	$(BIN)/xrecord site build
	@echo "Open it with: $(BIN)/xrecord site serve"

docs: $(READY)  ## the data dictionary, from schemas/
	$(BIN)/python -m xinjiang_record.release.metadata.data_dictionary

check: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:  ## remove what these commands made, but never raw/ or published/
	rm -rf $(VENV) build site runs .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
