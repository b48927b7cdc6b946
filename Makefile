# Everything here needs GNU make and Python 3.11 to 3.13, nothing else. `make` alone lists the targets.

VENV   ?= .venv
BIN    := $(VENV)/bin
# Shims of version managers exist without working, so each candidate is run, not just found.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
# cpu or vllm; empty means: vllm where an NVIDIA GPU is present, else cpu.
ENGINE ?=
CODE   := jaeval tests tasks
# Processes that share the fast tests.
JOBS   ?= auto

.PHONY: help venv demo test test-slow test-long browser bench lint clean
.NOTPARALLEL:  # two pips in one environment break it

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

venv: $(VENV)/.tests ## create .venv with jaeval and what its fast tests need

demo: $(VENV)/.engine ## install, obtain a small real checkpoint, evaluate it, print its scorecard
	$(BIN)/jaeval demo

test: lint ## lint, check types, run the fast tests
	$(BIN)/pytest --numprocesses $(JOBS) --dist worksteal

test-slow: $(VENV)/.tests $(VENV)/.engine $(VENV)/.elsewhere browser ## run the tests that need a real engine and a real checkpoint
	$(BIN)/pytest -m "(slow or extras) and not long"

test-long: $(VENV)/.tests browser ## run simulations of statistics, and the page's sweep for accessibility and scale
	$(BIN)/pytest -m long

browser: $(VENV)/.browser ## install what drives the leaderboard page in a browser

bench: $(VENV)/.tests $(VENV)/.engine $(VENV)/.elsewhere browser ## measure speed and memory, write docs/speed.md and capacity.md (an hour, with nothing else running)
	$(BIN)/python tests/bench/bench_scoring.py
	$(BIN)/python tests/bench/bench_engine.py --write docs/speed.md
	$(BIN)/python tests/bench/bench_growth.py --write docs/speed.md
	$(BIN)/python tests/bench/bench_fitness.py --write docs/speed.md
	$(BIN)/python tests/bench/bench_page.py
	OMP_NUM_THREADS=1 $(BIN)/python tests/bench/bench_served.py --write docs/capacity.md

lint: $(VENV)/.tests ## check style and types
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy

clean: ## remove .venv and every cache, keep runs/
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(CODE) -type d -name __pycache__ -prune -exec rm -rf {} +

# Stamps: an install is repeated only when pyproject.toml or the installer has changed.

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "jaeval needs Python 3.11 to 3.13 with the module venv (Debian, Ubuntu:" \
	  "apt install python3-venv). None was found; name one: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.tests: pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

$(VENV)/.engine: pyproject.toml jaeval/demo/install.py | $(VENV)/.made
	$(BIN)/python jaeval/demo/install.py $(if $(ENGINE),--engine $(ENGINE))
	@touch $@

$(VENV)/.elsewhere: pyproject.toml | $(VENV)/.engine
	$(BIN)/python -m pip install --quiet --editable '.[cluster,api]'
	@touch $@

# Debian's Chromium: Playwright's own browsers are never downloaded. Without root the tests that need it are skipped.
$(VENV)/.browser: pyproject.toml | $(VENV)/.tests
	$(BIN)/python -m pip install --quiet --editable '.[browser]'
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get -qq update && \
	  DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium fonts-noto-cjk >/dev/null; } || \
	  echo "no Chromium: tests of the page in a browser will be skipped (as root: apt-get install chromium fonts-noto-cjk)" >&2
	@touch $@
