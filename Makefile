# Live chat whose privacy notice is executable. `make` alone lists what there is.
SHELL := /bin/bash
STAGE ?= dev
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests run side by side, each worker on a stack of its own, a file's tests together.
WORKERS ?= 2
# Fifteen hundred conversations, on a stack where nothing is left of other tests.
DIALOGUES := tests/flow/test_dialogues.py
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/imchat/python

.PHONY: help run test lint bench package deploy destroy site staff forget promises screens year clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

# Installed anew only when the requirements or the Python change.
$(VENV)/installed: requirements.txt requirements-dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 to 3.13 is needed, and $(PYTHON) is not here: install it, or name another with PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "Python 3.11 to 3.13 is needed; $(PYTHON) is $$($(PYTHON) -V). Name another with PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing: on Debian, apt-get install python3-venv."; exit 1; }
	@echo "installing into $(VENV) (once; takes a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@

run: $(VENV)/installed ## the whole system on this machine; Ctrl-C ends it
	@exec $(BIN)/python -m infra.local.run

test: lint ## everything: rules, emulator, deployed stack, browser
	@$(BIN)/python -m infra.build dev >/dev/null && $(BIN)/python -m infra.web >/dev/null
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore=$(DIALOGUES)
	@$(BIN)/python -m pytest $(DIALOGUES)

lint: $(VENV)/installed ## ruff, mypy and TypeScript's compiler
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/python -m infra.web check

bench: $(VENV)/installed ## what things cost: exact counts, and times as ratios
	@$(BIN)/python -m bench

package: $(VENV)/installed ## template, zips and pages in build/
	@$(BIN)/python -m infra.web
	@$(BIN)/python -m infra.build $(STAGE)

deploy: $(VENV)/installed ## to AWS: STAGE=dev|staging|prod BUCKET=... WEB_URL=... MAIL_FROM=... CERTIFICATE=...
	@$(BIN)/python -m infra.deploy deploy $(STAGE)

destroy: $(VENV)/installed ## take a stage down: STAGE=... (FORCE=yes where it holds data)
	@$(BIN)/python -m infra.deploy destroy $(STAGE)

site: $(VENV)/installed ## a site on a stage: STAGE=... SITE=... ARGS='--name ... --origin ...'
	@$(BIN)/python -m infra.accounts --stage $(STAGE) --site $(SITE) site $(ARGS)

staff: $(VENV)/installed ## a member of a site's staff: STAGE=... SITE=... ARGS='--username ... --name ... --group operator'
	@$(BIN)/python -m infra.accounts --stage $(STAGE) --site $(SITE) staff $(ARGS)

forget: $(VENV)/installed ## after a restore: STAGE=... STORE=chats TABLE=restored-table; what was deleted is deleted again
	@$(BIN)/python -m infra.restore --stage $(STAGE) --store $(STORE) --table $(TABLE)

promises: $(VENV)/installed ## each promise of the notice with the tests that prove it
	@$(BIN)/python -m tests.promises

screens: $(VENV)/installed ## every page as a picture, in .local/screens/: PAGES="chats requests"
	@$(BIN)/python -m tests.screens $(PAGES)

year: $(VENV)/installed ## thirty months of a site's life, day by day: SEEDS="1 2 3"
	@$(BIN)/python -m tests.year $(SEEDS)

clean: ## remove what was built and installed
	@rm -rf build web/node_modules $(VENV) .local .chalice/deployments .pytest_cache .mypy_cache .ruff_cache .hypothesis
