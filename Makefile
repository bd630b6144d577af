# make run: the main job on the demo city. make test: all tests. Both set everything up first.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.PHONY: help setup run test check model bench soak docs clean

help: ## What can be made.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

# What `make run` needs, and what the checks and tests need besides.
.venv/run-ready: pyproject.toml constraints.txt
	@echo "setting up .venv (once; about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "the venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(PIP) install --constraint constraints.txt --upgrade pip
	@$(PIP) install --prefer-binary --constraint constraints.txt --editable .
	@touch $@

.venv/tests-ready: .venv/run-ready
	@echo "setting up what checks and tests need (once)"
	@dpkg -s chromium fonts-noto-cjk >/dev/null 2>&1 \
		|| { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } \
		|| { echo "tests need a browser and a Chinese font: apt-get install chromium fonts-noto-cjk"; exit 1; }
	@$(PIP) install --prefer-binary --constraint constraints.txt --editable '.[tests]'
	@touch $@

setup: .venv/tests-ready ## Everything that running, checking and testing need, in .venv.

run: .venv/run-ready ## The main job on the demo city: collect, read, brief on 淘宝.
	@$(BIN)/intel demo

test: .venv/tests-ready ## All tests.
	$(BIN)/pytest

check: .venv/tests-ready ## Format, lint, types, layers, documentation build.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zensical build --strict --clean >/dev/null

model: .venv/tests-ready ## Train the models of the reading again and measure them (FEWFC=folder of the FewFC data).
	@$(PIP) install --prefer-binary --constraint constraints.txt --editable '.[model]'
	FEWFC="$(FEWFC)" $(BIN)/python -m pipelines.training
	$(BIN)/intel eval --worst 0

bench: .venv/tests-ready ## The benchmarks (PAGES=folder of saved pages with a gold.json beside it).
	@$(PIP) install --prefer-binary --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m bench.run
	$(BIN)/python -m bench.reading
	@if [ -n "$(PAGES)" ]; then $(BIN)/python -m bench.extraction "$(PAGES)"; fi

soak: .venv/tests-ready ## Long soak and chaos runs.
	$(BIN)/pytest -m soak -n0 --override-ini addopts=-q

docs: .venv/tests-ready ## The documentation, served until Ctrl-C.
	$(BIN)/zensical serve

clean: ## Remove what was made, but not the data in var.
	rm -rf .venv site .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
