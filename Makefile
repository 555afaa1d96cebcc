# The only entry. `make demo` and `make test` need git, make and Python 3.11; everything else they fetch themselves.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
FRONTEND := web/frontend/node_modules/.installed

.PHONY: help demo test ready packages lint style types imports scenarios bench screens frontend lock wheel clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(RUNTIME): requirements.lock tools/make-venv
	tools/make-venv $(PYTHON) $(VENV) requirements.lock
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(FRONTEND): web/frontend/package.json web/frontend/package-lock.json
	tools/need node
	cd web/frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

demo: $(RUNTIME) ## a sample office with cases in every state, on loopback
	$(BIN)/python -m engine.cli demo

packages:
	tools/need node chromium fonts pango postgresql

ready: packages $(DEVELOPMENT) $(FRONTEND)
	node web/frontend/build.mjs --check

# The browser's tests run by themselves: Playwright leaves an event loop in its thread, which V8 must not join. The
# chaos tests come last, side by side: they kill processes of their own, and want both processors.
test: ready ## all tests, PostgreSQL and Chromium included
	$(BIN)/python -m pytest -n 2 --ignore tests/browser --ignore tests/chaos $(ARGS)
	$(BIN)/python -m pytest -n 2 --maxschedchunk 1 tests/browser
	$(BIN)/python -m pytest -n 2 tests/chaos

lint: style types imports ## ruff, mypy, import rules

style: $(DEVELOPMENT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEVELOPMENT)
	$(BIN)/mypy

imports: $(DEVELOPMENT)
	$(BIN)/lint-imports --no-cache

scenarios: $(RUNTIME) ## play every procedure's scenarios, plain and with a restart after every step
	$(BIN)/python -m engine.cli scenario run workflows/*/scenarios/*.yaml

bench: $(DEVELOPMENT) ## ratios against stock SpiffWorkflow and against ourselves at another scale
	tools/need postgresql
	$(BIN)/python -m bench $(ARGS)

screens: $(DEVELOPMENT) ## screenshots of every page into docs/screens
	tools/need chromium fonts
	$(BIN)/python -m tests.browser.screens

frontend: $(FRONTEND) ## build web/static/dist from web/frontend
	node web/frontend/build.mjs

lock: $(DEVELOPMENT) ## lock the dependencies again
	tools/lock $(BIN)

wheel: $(DEVELOPMENT) ## build dist/duban-*.whl
	$(BIN)/python -m build --wheel

clean: ## remove what make has made
	rm -rf $(VENV) web/frontend/node_modules dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
