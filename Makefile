# Two commands set everything up on a machine with Python 3.11 or newer: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
# Compiled modules are kept, whatever the caller's setting: a test run starts hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=
# Run a command with a dot every 3 s, so that a long set-up is never silent.
WITH_DOTS = @sh -c '"$$@" & pid=$$!; while kill -0 $$pid 2>/dev/null; do sleep 3; printf .; done; echo; wait $$pid' --

.PHONY: help run test test-fast extras site docs check slow lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

# The locks are complete: nothing is resolved here, and every file is checked against its hash.
$(VENV)/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Expected Python 3.11 or newer, got " + sys.version.split()[0] + ". Name one: make PYTHON=python3.12 run.")'
	@echo "Setting up $(VENV) with the libraries of a run: 1 to 2 minutes, once."
	@$(PYTHON) -m venv $(VENV)
	$(WITH_DOTS) $(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-build-isolation --editable . 2>/dev/null
	@touch $@

$(VENV)/.extras: $(VENV)/.run requirements-extras.lock
	@echo "Adding the libraries of the site, of documents and of Dask: about 1 minute, once."
	$(WITH_DOTS) $(INSTALL) --require-hashes --requirement requirements-extras.lock
	@touch $@

$(VENV)/.test: $(VENV)/.extras requirements-test.lock
	@echo "Adding the libraries of the tests: about 1 minute, once."
	$(WITH_DOTS) $(INSTALL) --require-hashes --requirement requirements-test.lock
	@touch $@

run: $(VENV)/.run  ## the main job: read raw/, validate, publish what changed
	@$(BIN)/xrecord run

test: $(VENV)/.test  ## all tests but the long forms
	$(BIN)/python -m pytest --numprocesses 4 --dist loadgroup --no-loadscope-reorder -m "not slow"

test-fast: $(VENV)/.test  ## the tests for the edit loop: no server, no browser, nothing long
	$(BIN)/python -m pytest --numprocesses 2 -m "not slow and not server and not browser and not medium"

slow: $(VENV)/.test  ## the long forms: the crash matrix, 20,000 tables, 200 scheduled runs
	$(BIN)/python -m pytest -m slow
	XRECORD_FUZZ_SECONDS=240 $(BIN)/python -m pytest tests/fuzz

extras: $(VENV)/.extras  ## the libraries of the site, of documents and of Dask

site: $(VENV)/.extras  ## the static site, in site/
	@$(BIN)/xrecord site build
	@echo "Open it with: $(BIN)/xrecord site serve"

docs: $(VENV)/.test  ## the generated pages: data dictionary, command reference, questions
	$(BIN)/python -m xinjiang_record.release.metadata.data_dictionary
	$(BIN)/python docs/make_reference.py
	$(BIN)/python docs/make_questions.py

check: $(VENV)/.test  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: $(VENV)/.test  ## resolve the dependencies again, after a change of pyproject.toml
	$(BIN)/python .ci/lock.py

clean:  ## remove what these commands made, but never raw/ or published/
	rm -rf $(VENV) build site runs .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
