# Two commands for a newcomer: `make demo` and `make test`. Each sets up what it needs; tests
# that need Go, Chromium or Java skip, loudly, where these are absent.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= auto

.PHONY: demo test soak lint bench docs lock clean
.DELETE_ON_ERROR:

# Prefer a venv of our own; the lock names hashes, never an address.
$(VENV)/.ready-%: requirements/%.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Ends after the checks: there is no portal to serve yet, so DEMO_SERVE=0 changes nothing.
demo: $(VENV)/.ready-demo
	rm -rf demo-node
	$(BIN)/goodstanding demo --folder demo-node

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

# The long forms: 1,000 kills, minutes of fuzzing for every parser.
soak: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m soak

lint: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.ready-dev
	$(BIN)/python -m tools.errors_page
	$(BIN)/python -m tools.commands_page
	$(BIN)/python -m tools.events_page
	$(BIN)/python -m tools.scheme_manual

bench: $(VENV)/.ready-bench
	$(BIN)/python -m benchmarks

# The lock files, from pyproject.toml; run on purpose, never by a build. What writes them is locked
# too: requirements/lock.txt names it by hash, and is written by the version that it names.
COMPILE := $(VENV)/lock/bin/uv pip compile --universal --generate-hashes --no-annotate --no-emit-index-url --no-header --python-version 3.11
lock:
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	$(COMPILE) requirements/lock.in --output-file requirements/lock.txt
	$(COMPILE) pyproject.toml --extra dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --extra demo --constraint requirements/dev.txt --output-file requirements/demo.txt
	$(COMPILE) pyproject.toml --extra dev --extra bench --constraint requirements/dev.txt --output-file requirements/bench.txt

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
