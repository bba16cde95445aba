# qlab. `make lab` opens JupyterLab on the quickstart; `make test` runs every test. Both do all their own set-up.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV ?= .venv
PY := $(VENV)/bin/python
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The first Python on PATH that is new enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.14 python3.11 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)

.PHONY: help lab demo test test-py test-js test-ui bench lint format build clean doctor

help:  ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(PY):
	@test -n "$(PYTHON)" || { echo "qlab needs Python 3.11 or newer, and none is on PATH. Cure: install it, or run make PYTHON=/path/to/python3.11"; exit 1; }
	@bash tools/ensure-venv.sh "$(PYTHON)" "$(VENV)"

$(VENV)/.qlab-base: $(PY) pyproject.toml hatch_build.py
	$(PY) -m pip install -q --upgrade pip
	$(PY) -m pip install -q -e .
	@touch $@

$(VENV)/.qlab-dev: $(VENV)/.qlab-base
	$(PY) -m pip install -q -e '.[dev]'
	@touch $@

build: $(VENV)/.qlab-base  ## build the browser half, if its sources have changed
	@$(PY) tools/ensure_node.py
	@$(PY) hatch_build.py
	@$(PY) tools/link_labextension.py

lab: build  ## open JupyterLab on the quickstart
	$(VENV)/bin/qlab lab notebooks/01-quickstart.ipynb

demo: build  ## the main job without a screen; writes out/demo.html
	$(VENV)/bin/qlab demo --out out/demo.html

doctor: build  ## check this machine and say the cure for what fails
	$(VENV)/bin/qlab doctor

test: $(VENV)/.qlab-dev build lint  ## set up everything, a browser included, and run every test
	@$(PY) tools/ensure_browser.py
	$(MAKE) --no-print-directory test-js
	$(PY) -m pytest

test-js: build  ## the JavaScript tests alone
	cd js && npm test

test-py: $(VENV)/.qlab-dev build  ## the Python tests without a browser
	$(PY) -m pytest -m "not ui"

test-ui: $(VENV)/.qlab-dev build  ## the tests in a real JupyterLab and a real browser
	@$(PY) tools/ensure_browser.py
	$(PY) -m pytest tests/ui

bench: $(VENV)/.qlab-dev build  ## print every benchmark
	@for b in tests/bench/[a-z]*.py; do echo "== $$b"; $(PY) $$b || exit 1; done

lint: $(VENV)/.qlab-dev build  ## ruff, mypy, tsc, biome
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	cd js && npm run --silent typecheck && npm run --silent lint

format: $(VENV)/.qlab-dev build  ## format Python and TypeScript
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	cd js && npm run --silent format

clean:  ## remove the environment and everything built
	rm -rf $(VENV) build dist out js/node_modules js/lib qlab/static qlab/labextension
