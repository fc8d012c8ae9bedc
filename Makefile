# Live chat whose privacy notice is executable. `make` alone lists what there is.
SHELL := /bin/bash
STAGE ?= dev
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests run side by side, each worker on a stack of its own, a file's tests together.
WORKERS ?= 3
# Fifteen hundred conversations, on a stack where nothing is left of other tests.
DIALOGUES := tests/flow/test_dialogues.py
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/imchat/python

.PHONY: help run test test-full lint audit bench load cost package checkov deploy destroy promises notice-check screens year clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

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
	@$(BIN)/python -m pytest -m "not long" -n $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore=$(DIALOGUES)
	@$(BIN)/python -m pytest $(DIALOGUES)

test-full: test ## and what takes minutes: faults at every call, thousands of generated requests, load
	@$(BIN)/python -m pytest -m long -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/installed ## ruff, mypy and TypeScript's compiler
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/python -m infra.web check

audit: $(VENV)/installed ## whether a weakness is known of anything installed; fails where not all could be looked up
	@$(BIN)/python -m infra.audit

bench: $(VENV)/installed ## what things cost, and docs/performance.md: exact counts, times as ratios: PARTS="warm calls"
	@$(BIN)/python -m bench $(PARTS)

load: $(VENV)/installed ## a day in the life, many at once; nothing may be lost: USERS=8 DURATION=60 (seconds)
	@$(BIN)/python -m tests.load

cost: $(VENV)/installed ## what a month costs on AWS: counts the units, writes docs/cost.md
	@$(BIN)/python -m bench.cost

package: $(VENV)/installed ## template, zips and pages in build/
	@$(BIN)/python -m infra.web
	@$(BIN)/python -m infra.build $(STAGE)

checkov: $(VENV)/installed ## its rules on the template; exceptions are in infra/checkov.yaml
	@$(BIN)/python -m infra.checkov

deploy: $(VENV)/installed ## to AWS: STAGE=dev|staging|prod WEB_URL=... MAIL_FROM=... MAIL_SITE=... CERTIFICATE=... ALARM_EMAIL=...
	@$(BIN)/python -m infra.deploy deploy $(STAGE)

destroy: $(VENV)/installed ## take a stage down: STAGE=... (FORCE=yes where it holds data)
	@$(BIN)/python -m infra.deploy destroy $(STAGE)

promises: $(VENV)/installed ## each promise of the notice with the tests that prove it
	@$(BIN)/python -m tests.promises

notice-check: $(VENV)/installed ## what the law wants said, with the sentence that says it: docs/notice-check.md
	@$(BIN)/python -m tests.notice_check

screens: $(VENV)/installed ## every page as a picture, in .local/screens/: PAGES="chats requests"
	@$(BIN)/python -m tests.screens $(PAGES)

year: $(VENV)/installed ## thirty months of a site's life, day by day: SEEDS="1 2 3"
	@$(BIN)/python -m tests.year $(SEEDS)

clean: ## remove what was built and installed
	@rm -rf build web/node_modules $(VENV) .local .chalice/deployments .pytest_cache .mypy_cache .ruff_cache .hypothesis
