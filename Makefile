# Anpei. `make` lists the targets. Everything lands in .venv; nothing is installed outside of this folder,
# except PostgreSQL for the tests where that needs no question (root on a Debian system).

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON := $(BIN)/python
UV     := $(shell command -v uv 2>/dev/null)
PORT   ?= 8000
ARGS   ?=

INSTALL := $(if $(UV),uv pip install --quiet --python $(PYTHON),$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-input)
LOCK    := uv pip compile pyproject.toml --group build --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet
CODE    := src tests migrations $(wildcard bench)

.DEFAULT_GOAL := help
.PHONY: help setup run test check format lint types imports deps spelling architecture fix bench docs lock postgres clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{ printf "  make %-13s %s\n", $$1, $$2 }'

setup: $(VENV)/.runtime ## install what the platform needs into .venv (the command is .venv/bin/anpei)
	@echo "Ready: $(BIN)/anpei --help"

run: $(VENV)/.runtime ## set up, load the demo, settle a sample claim before your eyes, serve on 127.0.0.1:8000
	@$(BIN)/anpei demo --home var --port $(PORT) $(ARGS)

test: $(VENV)/.dev postgres ## set up what is missing and run the whole suite (ARGS="tests/unit -k money" for a part)
	@$(PYTHON) -m pytest $(ARGS)

check: $(VENV)/.dev ## format, lint, types, import contracts, dependencies, spelling, architecture
	@$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target types format lint imports deps spelling architecture

format: $(VENV)/.dev
	@echo "== ruff format" && $(BIN)/ruff format --check --quiet $(CODE) || { $(BIN)/ruff format --check $(CODE); echo "run: make fix"; exit 1; }

lint: $(VENV)/.dev
	@echo "== ruff check" && $(BIN)/ruff check --quiet $(CODE)

types: $(VENV)/.dev
	@echo "== mypy --strict src" && $(BIN)/mypy --strict src

imports: $(VENV)/.dev
	@echo "== import contracts" && PYTHONPATH=. $(BIN)/lint-imports --no-logo

deps: $(VENV)/.dev
	@echo "== deptry" && $(BIN)/deptry . 2>&1

spelling: $(VENV)/.dev
	@echo "== codespell" && $(BIN)/codespell

architecture: $(VENV)/.dev
	@echo "== architecture" && $(PYTHON) -m pytest tests/architecture -q -n0 -p no:randomly

fix: $(VENV)/.dev ## repair what ruff can repair
	@$(BIN)/ruff check --fix --quiet $(CODE); $(BIN)/ruff format $(CODE)

bench: $(VENV)/.dev ## measure; JSON lines with the machine, medians and ratios
	@$(PYTHON) -m bench $(ARGS)

docs: $(VENV)/.dev ## write the generated pages of docs/ (states, events)
	@$(PYTHON) -m tests.architecture.documents

lock: ## resolve the locks again after a change of dependencies (ARGS=--upgrade for newer versions)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv (any environment, on PATH)"; exit 1; }
	@$(LOCK) $(ARGS) --output-file requirements.lock
	@$(LOCK) $(ARGS) --extra dev --constraints requirements.lock --output-file requirements-dev.lock
	@! grep -nE 'https?://|file://|--(extra-)?index|--find-links' requirements.lock requirements-dev.lock

clean: ## remove what tools left behind (keeps .venv and var)
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests migrations -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the environment: one stamp per lock, so that a second start does nothing

$(VENV)/.created:
	@set -e; \
	if [ -n "$(UV)" ]; then uv venv --quiet --allow-existing --no-python-downloads --python 3.11 $(VENV); \
	else \
	  for python in python3.11 python3; do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && break; python=; \
	  done; \
	  [ -n "$$python" ] || { echo "Anpei needs Python 3.11 on PATH as python3.11 or python3 (Debian 12: apt-get install python3 python3-venv)"; exit 1; }; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python has no venv module: apt-get install python3-venv (Debian), then again"; exit 1; }; \
	  "$$python" -m venv $(VENV); \
	fi; \
	touch $@

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/.created
	@echo "Installing $$(grep -c '^[a-z0-9]' requirements.lock) pinned packages into $(VENV) ..."
	@$(INSTALL) --require-hashes --no-deps -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing $$(grep -c '^[a-z0-9]' requirements-dev.lock) pinned packages for development into $(VENV) ..."
	@$(INSTALL) --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || [ -n "$$ANPEI_TEST_POSTGRES" ] || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing PostgreSQL for the tests ..."; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >/dev/null || \
	    echo "PostgreSQL could not be installed: its runs will be skipped"; \
	else echo "PostgreSQL is absent: its runs will be skipped (Debian: apt-get install postgresql)"; fi
