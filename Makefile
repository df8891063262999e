# One command runs Folio, one checks it; each sets up what it needs first.
#   make run           serve the Space on http://127.0.0.1:7860
#   make run-zerogpu   the same, as on ZeroGPU hardware: with a stand-in of its device API, computed on the CPU
#   make check         lint, format, types and the unit tests
#   make test          lint, format, types and every test
#   make gpu-check     what only a CUDA device can show; see docs/gpu.md
#   make test-planned  the cases that a test-planning worker has planned: PLANNED=FILE, else those of DATA_DIR

# Where this is set, every test process compiles Folio's modules anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# uv installs the same packages as pip in a third of the time. It reads no settings of pip: where only those name a
# registry that can be reached, pip installs them, and says why.
UV := uv==0.13.9
INSTALL = $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python -r $(1) || \
	{ $(BIN)/pip install --quiet --upgrade -r pre-requirements.txt && $(BIN)/pip install --quiet --no-compile -r $(1); }
# Neither compiles modules as it goes: every core does so afterwards, but for what is never imported, or rarely. That is
# half of twenty thousand. Some of the others are templates that do not compile.
RARE := /(tests?|transformers/models|ray|faker|networkx|pip|lexers)/
COMPILE = $(BIN)/python -W ignore -m compileall -qq -j 0 -x "$(RARE)" $(VENV)/lib || true
# With one more than there are cores, one waits for a page or a process while two compute.
WORKERS ?= 3
PYTEST = $(BIN)/pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder
# Browsers and servers of several tests share two cores. What fails there is run once more, alone, and has to pass then.
# Their names end with the group in which xdist ran them. Those of earlier runs are cleared before.
NAMES = import json; failed = json.load(open(".pytest_cache/v/cache/lastfailed")); \
	print(*(name.rsplit("@", 1)[0] for name in failed), sep="\n")
ALONE = $(BIN)/python -c '$(NAMES)' | xargs -d "\n" $(BIN)/pytest -n0
# Tests that measure wall-clock time run afterwards. They wait most of the time, so each core has one. Only files with
# the mark's name in them are imported.
SERIAL = $(BIN)/pytest -n 2 --dist loadgroup -m serial $$(grep -rlw serial --include="test_*.py" $(1))

.PHONY: run run-zerogpu gpu-check gpu-check-wheels check test test-planned
.PHONY: lint format types unit networks e2e serial clean

run: $(VENV)/.run packages
	$(BIN)/python app.py

run-zerogpu: $(VENV)/.run packages
	$(BIN)/python -m tests.standins.zerogpu $(ZEROGPU) app.py

# Nothing is installed here: the machine may have no network, and brings its own Python with torch.
GPU_PYTHON ?= $(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON))

gpu-check:
	$(GPU_PYTHON) -m benchmarks.gpu_check $(GPU_CHECK)

gpu-check-wheels:
	$(GPU_PYTHON) -m benchmarks.gpu_check.wheels $(GPU_WHEELS)

check: lint
	$(MAKE) --no-print-directory -j 2 types unit

# Debian's packages come while pip works. Tests of wall-clock time leave the cores idle most of the time, which mypy fills.
test:
	$(MAKE) --no-print-directory -j 2 $(VENV)/.test browser
	$(MAKE) --no-print-directory lint
	$(PYTEST) --cache-clear -m "not live_hub and not serial" || { [ $$? = 1 ] && $(ALONE); }
	$(MAKE) --no-print-directory -j 2 NICE="nice -n 19" types serial

serial:
	$(call SERIAL,tests)

test-planned: $(VENV)/.test packages
	PLANNED="$(PLANNED)" $(BIN)/pytest -n0 tests/planned/planned_cases.py

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/hadolint Dockerfile

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(VENV)/.test
	$(NICE) $(BIN)/mypy

unit: $(VENV)/.test packages
	$(PYTEST) -m "not live_hub and not serial" tests/unit
	$(call SERIAL,tests/unit)

networks: $(VENV)/.test packages
	$(PYTEST) -m "not live_hub and not serial" tests/networks

e2e: $(VENV)/.test browser
	$(PYTEST) -m "not live_hub and not serial" tests/e2e
	$(call SERIAL,tests/e2e)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 13) else "Folio needs Python 3.11 or 3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pre-requirements.txt | $(VENV)/bin/python
	-$(BIN)/pip install --quiet $(UV)
	$(call INSTALL,requirements.txt)
	$(COMPILE)
	touch $@

$(VENV)/.test: requirements-dev.txt requirements-scale.txt $(VENV)/.run
	$(call INSTALL,requirements-dev.txt)
	$(COMPILE)
	touch $@

# Debian packages that the wheels link against; installed when they are missing and we may, one call of apt at a time.
.PHONY: packages browser
packages:
	@missing=$$(for name in $$(cat packages.txt); do dpkg -s $$name >/dev/null 2>&1 || echo $$name; done); \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; fi

browser: packages
	@if ! command -v chromium-headless-shell >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && install="env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq" && \
	  { $$install chromium-headless-shell || command -v chromium >/dev/null || $$install chromium; }; fi

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
