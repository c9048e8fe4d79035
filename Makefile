# Every goal sets up what it needs; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPHINX := $(BIN)/sphinx-build -n -W --keep-going -q -j auto -c conf -d build/doctrees
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help html text man epub pdf test check lint linkcheck scripts live live-full golden registries bench clean

help: ## this list
	@grep -hE '^[a-z -]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

html: $(READY) ## build the guide, and say where it is
	$(SPHINX) -b html content build/html
	@echo "the guide: file://$(CURDIR)/build/html/index.html"

text man epub: $(READY) ## the guide in another format
	$(SPHINX) -b $@ content build/$@

pdf: $(READY) ## the guide as PDF (needs latexmk and a TeX Live)
	$(BIN)/sphinx-build -M latexpdf content build/latex -c conf -d build/doctrees -n -W --keep-going -q

test: $(READY) ## run the tests
	$(BIN)/pytest -n auto --dist loadfile -q -rs tests content README.md

check: $(READY) lint ## lint, types, layers, specs, tests, guide: what a change must pass
	$(BIN)/hadocs check
	$(MAKE) --no-print-directory test html

lint: $(READY) ## ruff, mypy and the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

linkcheck: $(READY) ## ask every external link of the guide (needs the network)
	$(BIN)/hadocs linkcheck

scripts: $(READY) ## export the scripts of every distro that carries the guide's series
	$(BIN)/hadocs export-scripts --distro all

live: $(READY) ## run the whole guide on a test cluster, twice, and record it; says what the machine lacks
	$(BIN)/hadocs verify --distro debian-13 --shell crm || { [ $$? -eq 3 ] && echo 'FLAKY: see above' >&2; }

live-full: $(READY) ## the same by both shells, and in every circumstance; goes on after a failure, and ends with it
	@status=0; \
	for how in '--shell crm' '--shell pcs' '--shell crm --circumstance all' '--shell pcs --circumstance all'; do \
	    $(BIN)/hadocs verify --distro debian-13 $$how || case $$? in \
	        3) echo 'FLAKY: see above' >&2 ;; \
	        130) exit 130 ;; \
	        *) status=1 ;; \
	    esac; \
	done; exit $$status

golden: $(READY) ## rewrite the golden files; then read their diff
	HADOCS_GOLDEN=1 $(BIN)/pytest -q tests; git diff --stat tests

registries: $(READY) ## make the lists of options of each series anew (needs the network, minutes)
	$(BIN)/python -m pip install --quiet uv
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m hadocs.verify.offline.generate 2025.1 2025.2 2026.1

bench: $(READY) ## measure, as ratios against something run beside it
	$(BIN)/python -m tests.bench

clean: ## remove what was built
	rm -rf build scripts
