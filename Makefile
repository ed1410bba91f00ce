# `make` tells what there is. Everything needs only Python 3.11 or newer; `make` builds its own environment in .venv.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 3
LOCKED := .venv/.locked

.DEFAULT_GOAL := help
.PHONY: help run test properties fuzz check bench crashes soak mutations migrate lock clean

help: ## print this
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(LOCKED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: install it, or name one, such as make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { $(PYTHON) -m venv --help >/dev/null 2>&1 && exit 1; \
	  echo "Python lacks its venv module: on Debian or Ubuntu, apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(LOCKED) ## run everything on this machine; Ctrl-C stops it
	@$(BIN)/checkin up

test: $(LOCKED) ## run all tests, three files at a time (JOBS=1: one); PostgreSQL and Valkey come with the environment
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

properties: $(LOCKED) ## play the properties with examples that were never tried; what falls becomes a test of its own
	$(BIN)/python -m pytest -m hypothesis --hypothesis-profile fresh -n $(JOBS) --dist loadfile

fuzz: $(LOCKED) ## read 100,000 texts that nobody would send, and show how time grows with length
	$(BIN)/python -m tests.fuzz

check: $(LOCKED) ## lint, types, arrows between rooms, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint --quiet templates/web
	$(BIN)/checkin templates lint
	$(BIN)/codespell

bench: $(LOCKED) ## measure: one table; ONLY=webhook,ring,voice,scan,wave,memory,pages for a part, DATABASE=sqlite for one kind
	$(BIN)/python -m tests.bench $(ONLY) $(DATABASE)

crashes: $(LOCKED) ## kill -9 the whole stack 200 times under load, wipe Redis, restart the database, fill the disk; count
	$(BIN)/python -m tests.crashes

soak: $(LOCKED) ## simulate years by seeds, with everything going wrong; SOAK="--minutes 60 --jobs 2" for so long
	$(BIN)/checkin simulate --members 100 --days 365 --jobs 2 $(or $(SOAK),--seeds 50)

mutations: $(LOCKED) ## take each promise's guard out, one at a time, and see that the simulation notices
	$(BIN)/python -m tests.simulation.mutations $(WORD)

migrate: $(LOCKED) ## bring the database to this version
	@$(BIN)/checkin init

lock: $(LOCKED) ## write requirements.lock anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --upgrade --group dev --python-version 3.11 -o requirements.lock pyproject.toml

clean: ## remove the environment and caches, never the data folder
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
