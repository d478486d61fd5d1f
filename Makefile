# All commands set up what they need on a fresh Debian or Ubuntu that has git, make and Python 3.11 or newer.
PYTHON3 ?= python3
VENV := .venv/bin
LANES ?= 2
PACKAGES := catalogue search scheduling marketplace
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-quick bench lint servers translations setup setup-test

help:            ## Show this list
	@sed -n 's/^\([a-z-]*\): .*## /\1\t/p; s/^\([a-z-]*\):  *## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: setup      ## Run the site with demonstration data on 127.0.0.1:8000 (PORT=9000 for another); Ctrl-C ends it
	@$(VENV)/python -m tools.translations
	@PORT=$(or $(PORT),8000) exec $(VENV)/python -m tools.demo

test: setup-test ## Run the whole suite on a real Elasticsearch (SEARCH_URL= to use yours), PostgreSQL and Chromium
	@$(VENV)/python -m tools.translations
	@exec $(VENV)/python -m tests.support.servers run -- \
	  $(VENV)/python -m pytest -n $(LANES) --dist loadfile --no-loadscope-reorder --durations=20 $(ARGS)

# What a change most often breaks, of the tests that need no server; the pages of each room are left to `make test`.
QUICK := tests/architecture tests/catalogue tests/search tests/scheduling tests/marketplace/foundation \
  tests/marketplace/matches tests/marketplace/test_routes.py
test-quick: setup-test-python ## Run the quickest tests that need no server
	@$(VENV)/python -m tools.translations
	@$(VENV)/python -m pytest -n $(LANES) --dist loadfile --no-loadscope-reorder -m "not elastic and not postgres and not browser and not slow" $(QUICK) $(ARGS)

bench: setup-test ## Measure everything on both engines beside the baselines, and write the tables into README.md
	@exec $(VENV)/python -m tests.support.servers run -- $(VENV)/python -m search.bench report --write README.md $(ARGS)

lint: setup-test-python ## Check style, types and which package may import which
	@$(VENV)/ruff check .
	@$(VENV)/mypy $(wildcard $(PACKAGES)) tools tests/support
	@$(VENV)/lint-imports --no-cache

servers: setup-test ## Keep Elasticsearch and PostgreSQL running for single tests, and print what to export
	@exec $(VENV)/python -m tests.support.servers up

translations: setup ## Compile the message catalogues; fails on untranslated or doubtful entries
	@$(VENV)/python -m tools.translations

setup:           ## Only set up what `make demo` needs
	@$(PYTHON3) -m tools.prepare run

setup-test:      ## Only set up what `make test` needs
	@$(PYTHON3) -m tools.prepare test

.PHONY: setup-test-python
setup-test-python:
	@$(PYTHON3) -m tools.prepare test-python
