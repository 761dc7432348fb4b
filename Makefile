# make run     play in a browser: creates the environment, starts the server, prints its address (PORT=8123 DATA=/some/dir)
# make test    everything: format, lint, types, arrows, all tests (installs what they need)
# make operator  a simulated operator to try a backend against (PROTOCOL=a8r_v2, rs_uuid or path_hmac_get,
#                OPERATOR_PORT=9100, ARGS="--balance 50 --fault-rate 0.1"; ARGS=--help tells all)
# make check   the quick inner loop: format, lint, types, arrows
# make rng-judge   dieharder, rngtest and ent judge the random numbers
# make harness     the desktop on which QA spins, forces and breaks
# make mutate      small mistakes in the walk, the stores, the ledger and the random numbers; the tests must find them
# make coverage    every branch of the same is taken by tests of their own
# make soak    the long campaigns of tests/simulation

PYTHON ?= python3
PROTOCOL ?= path_hmac_get
OPERATOR_PORT ?= 9100

# What is not given stands in rgs.yaml, or is 8000 and ./data.
DATA_HERE = $(if $(DATA),RGS_DATA='$(DATA)')

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
EVERYTHING := $(VENV)/.everything

.PHONY: run operator test check rng-judge harness soak mutate coverage format lock wheel clean
.DEFAULT_GOAL := run

run: $(RUNTIME)
	@$(if $(PORT),RGS_SERVER__PORT='$(PORT)') $(DATA_HERE) exec $(BIN)/rgs serve

operator: $(RUNTIME)
	@exec $(BIN)/python -m operator_simulator --protocol $(PROTOCOL) --port $(OPERATOR_PORT) $(ARGS)

check: $(EVERYTHING)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	@.ci/system-packages $(BIN)/python
	$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal

# Judges that nobody here wrote; LONG=--long takes most of an hour.
rng-judge: $(EVERYTHING)
	@.ci/system-packages $(BIN)/python
	$(BIN)/rgs rng judge $(LONG)

# The bench on the desktop.
harness: $(EVERYTHING)
	$(DATA_HERE) $(BIN)/rgs harness

# Hours. Each campaign prints its counts and its seeds; a seed reproduces its life.
soak: $(EVERYTHING)
	LIVES=1950 FIRST_SEED=1000000 $(BIN)/pytest -s tests/simulation/test_lives.py
	SCHEDULES=all $(BIN)/pytest -s tests/simulation/test_schedules.py
	KILLS=200 $(BIN)/pytest -s --timeout=0 tests/simulation/test_kills.py
	CUTS=all STORE_KILLS=200 $(BIN)/pytest -s --timeout=0 tests/adapters/storage/test_disasters.py
	STORM=100000 $(BIN)/pytest -s --timeout=0 tests/simulation/test_storm.py
	TOGETHER=10000 $(BIN)/pytest -s --timeout=0 tests/simulation/test_operators_together.py
	HOSTILE=1000000 $(BIN)/pytest -s --timeout=0 tests/simulation/test_hostile.py
	SLOT_ROUNDS=1000000 ENUMERATE=1 $(BIN)/pytest --timeout=0 tests/adapters/simulation/test_slots.py
	LONG_RUN=10000 $(BIN)/pytest -s --timeout=0 tests/harness_gui/test_long_run.py
	GAPS=1000 CLEAN_LIVES=24000 $(BIN)/pytest -s --timeout=0 tests/core/test_reconcile.py

# Every branch of the walk, the stores, the ledger and the random numbers is taken by the tests of those rooms.
coverage: $(EVERYTHING)
	$(BIN)/coverage run -m pytest -q tests/core tests/adapters/storage tests/adapters/backends/test_social.py \
		--ignore tests/core/slots --ignore tests/adapters/storage/test_disasters.py
	$(BIN)/coverage report

# An hour; goes on where it was stopped. MODULES="core.book core.rng" for some of it.
mutate: $(EVERYTHING)
	$(BIN)/python -m tests.mutation $(MODULES)

format: $(EVERYTHING)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The locks name versions and hashes, and no address; pip takes them from wherever it is set up to.
lock: $(EVERYTHING)
	$(BIN)/uv pip compile -q pyproject.toml $(LOCK) -o requirements.lock
	$(BIN)/uv pip compile -q pyproject.toml --all-extras -c requirements.lock $(LOCK) -o requirements-dev.lock
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

wheel: $(EVERYTHING)
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@.ci/system-packages --venv $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(EVERYTHING): requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@ $(RUNTIME)
