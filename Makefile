# Each target works on a fresh machine that has git, make and Python >= 3.11, and sets up what it needs.
# The set-up is done once, and again when pyproject.toml or the version changes (the stamp files say so).

PYTHON ?= python3
PORT ?= 8010
PAGES ?= 8000
ARGS ?=
BASE ?= python:3.13-slim
TAG ?= ringback

SERVE := .venv
DEV := .venv-dev
BENCH := .venv-bench
RELEASE := .venv-release
DOCS := .venv-docs
SETUP := pyproject.toml mockserver/ringback_mock/version.py
NODE := examples/node_modules
EVERYTHING := .[test,lint]
PARALLEL := -n auto --dist worksteal
# What a wheel can break and a checkout cannot: a file, an entry point or a requirement that is missing.
# Each module is imported, each command does its work, and before them `check` sends every rule's examples.
WHEEL_TESTS := tests/test_packaging.py tests/test_commands.py
# What another Python can break besides: sockets, asyncio and threads (client, mockserver), the grammar that
# explain reads programs by, annotations that are read at run time (test_org), what addresses are parsed with.
PYTHON_TESTS := $(WHEEL_TESTS) tests/client tests/mockserver tests/explain tests/contracts/test_org.py \
  tests/contracts/test_addresses*.py --ignore=tests/mockserver/test_openapi_conformance.py
# The official SDK and Node.js are for `make test` alone; what is tried there at length needs few examples here.
LIGHT := -m "not sdk and not node and not browser" --hypothesis-profile=few

.PHONY: help serve web test check crash lint format bench soak screenshots wheel light release image docs clean

help:
	@echo "make serve    serve the mock on port $(PORT) (PORT=0: any free one; ARGS='--org my.toml')"
	@echo "make web      serve the example pages on port $(PAGES); open http://localhost:$(PAGES)/web/"
	@echo "make test     run the whole suite under coverage (ARGS='-k name' chooses)"
	@echo "make check    hold the mock to every rule, and the checks to every mutant"
	@echo "make crash    crash-test every example in every scenario, and hold docs/crash-test.md to it"
	@echo "make lint     ruff, mypy, import-linter"
	@echo "make format   let ruff format and mend what it can"
	@echo "make wheel    build the wheel, check its contents, and run each command of it"
	@echo "make release  build sdist and wheel, try both on each Python here, write checksums and an SBOM"
	@echo "make image    build the image and try it (BASE=python:3.13-slim; ARGS='-v FILE:FILE' for its build)"
	@echo "make docs     build the site of the documents into build/site"
	@echo "make light    run what another PYTHON= could break"
	@echo "make bench    measure Ringback against its peers (needs wrk, npm, java and redis-server)"
	@echo "make soak     a million requests of every kind, steps of calls and numbers (ARGS='--requests 0 --steps 50000')"
	@echo "make screenshots  take the pictures of the console for the docs (needs chromium)"
	@echo "make clean    remove whatever these targets made"

# $(call environment,FOLDER,WHAT TO INSTALL): a fresh environment, stamped once it is complete.
define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Ringback needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@echo "setting up $(1) (once)"
	@rm -rf $(1)
	@$(PYTHON) -m venv $(1) || { echo "$(PYTHON) has no working venv; on Debian: apt-get install python3-venv" >&2; exit 2; }
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check $(2)
	@touch $(1)/.ready
endef

$(SERVE)/.ready: $(SETUP)
	$(call environment,$(SERVE),--editable .)

$(DEV)/.ready: $(SETUP)
	$(call environment,$(DEV),--editable '$(EVERYTHING)')

$(BENCH)/.ready: $(SETUP)
	$(call environment,$(BENCH),--editable '.[bench]')

$(RELEASE)/.ready: $(SETUP)
	$(call environment,$(RELEASE),--editable '.[release]')

$(DOCS)/.ready: $(SETUP)
	$(call environment,$(DOCS),--editable '.[docs]')

serve: $(SERVE)/.ready
	@exec $(SERVE)/bin/ringback serve --port $(PORT) $(ARGS)

$(NODE)/.ready: examples/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --prefix examples && touch $@; \
	  else echo "npm is missing: tests that need Node.js will be skipped"; fi

web: $(NODE)/.ready
	@exec $(PYTHON) -m http.server --bind 127.0.0.1 --directory examples $(PAGES)

test: $(DEV)/.ready $(NODE)/.ready
	@rm -f .coverage .coverage.*
	$(DEV)/bin/coverage run -m pytest $(PARALLEL) $(ARGS)
	@$(DEV)/bin/coverage combine --quiet
	@$(DEV)/bin/coverage report $(if $(ARGS),--fail-under=0)

check: $(DEV)/.ready
	$(DEV)/bin/ringback check $(ARGS)
	$(DEV)/bin/ringback check --mutants

crash: $(DEV)/.ready $(NODE)/.ready
	CRASH_TEST=all $(DEV)/bin/pytest -v tests/examples/test_crash_examples.py $(ARGS)

lint: $(DEV)/.ready
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports

format: $(DEV)/.ready
	$(DEV)/bin/ruff check --fix-only --quiet .
	$(DEV)/bin/ruff format .

# A fresh environment each time: what is installed is what somebody else would get.
wheel: $(RELEASE)/.ready
	@rm -rf dist .venv-wheel
	$(RELEASE)/bin/python -m build --outdir dist
	$(RELEASE)/bin/twine check --strict dist/*
	$(RELEASE)/bin/python tools/check_wheel.py dist/*.whl
	$(PYTHON) -m venv .venv-wheel
	@.venv-wheel/bin/python -m pip install --quiet --disable-pip-version-check "$$(echo dist/*.whl)[suite]"
	.venv-wheel/bin/python tools/check_wheel.py --installed
	.venv-wheel/bin/ringback check --examples 1
	.venv-wheel/bin/pytest $(PARALLEL) $(LIGHT) $(WHEEL_TESTS) $(ARGS)

release: $(RELEASE)/.ready
	@rm -rf dist
	$(RELEASE)/bin/python -m build --outdir dist
	$(RELEASE)/bin/twine check --strict dist/*
	$(RELEASE)/bin/python tools/check_wheel.py dist/*.whl
	$(RELEASE)/bin/python tools/release.py dist

# Docker or Podman where one answers; else buildah, as root.
image: $(RELEASE)/.ready
	$(RELEASE)/bin/python tools/image.py --base $(BASE) --tag $(TAG) $(ARGS)

docs: $(DOCS)/.ready
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --quiet

light:
	@rm -rf .venv-light
	$(call environment,.venv-light,'.[suite]')
	.venv-light/bin/ringback check --examples 1
	.venv-light/bin/pytest $(PARALLEL) $(LIGHT) $(PYTHON_TESTS) $(ARGS)

bench: $(BENCH)/.ready
	@$(BENCH)/bin/python -m bench $(ARGS)

soak: $(DEV)/.ready
	@$(DEV)/bin/python -m bench.soak $(ARGS)

screenshots: $(DEV)/.ready
	PATH="$(CURDIR)/$(DEV)/bin:$$PATH" $(DEV)/bin/python tools/screenshots.py docs/images

clean:
	rm -rf .venv .venv-* .bench $(NODE) dist build .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find contracts explain mockserver client harness tests tools bench examples -name __pycache__ -type d -prune -exec rm -rf {} +
