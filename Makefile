# `make audit` and `make test` need nothing but python3 (3.11 or newer) and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
VLLM   := .venv-vllm
STAMP  := $(VENV)/.installed

.PHONY: audit test lint types docs bench reports vllm test-vllm quality audit-hunt hunted poisson
.PHONY: rocq rocq-install rocq-check rocq-sabotage cross-check frontier lock clean

audit: $(STAMP)
	$(BIN)/kvcr audit

test: $(STAMP)
	$(BIN)/python -m pytest -n 2

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

docs: $(STAMP)
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

# TRACES=folder adds the real traces: make bench TRACES=path/to/data
bench: $(STAMP)
	$(BIN)/python -m tests.performance.bench $(if $(TRACES),--traces $(TRACES))

# The example reports, the atlas and the proof of T4, as pages that open offline.
reports: $(STAMP)
	$(BIN)/python -m kvcr.make_reports build/reports

# vLLM for `kvcr replay`: its CPU build, pinned, in an environment of its own (about 2.5 GB).
vllm: $(VLLM)/.installed

$(VLLM)/.installed: adversaries/replay/install.sh adversaries/replay/requirements.txt
	sh adversaries/replay/install.sh $(VLLM) $(PYTHON)
	touch $@

# All tiers on the CPU; TIERS="not stub and not engine" leaves the scheduler's alone. vLLM and
# torch warn at import, so warnings are no errors here.
test-vllm: $(VLLM)/.installed
	NUMBA_CACHE_DIR=$(VLLM)/numba-cache $(VLLM)/bin/python -m pytest -W ignore \
	  adversaries/replay tests/adversaries/replay $(if $(TIERS),-k "$(TIERS)")

# Whether the hunt finds and shrinks well: the minute-long searches and 50 kills.
quality: $(STAMP)
	KVCR_SLOW=1 $(BIN)/python -m pytest tests/quality

# A second pair of eyes: an hour's hunt for what comes closest to breaking the theorems.
audit-hunt: $(STAMP)
	$(BIN)/python -m kvcr.approach --budget 60m

# The worst small instances of every policy and cell, hunted from scratch: an hour or so.
hunted: $(STAMP)
	$(BIN)/python -m kvcr.hunted_search

# Poisson traffic in long samples, against lower bounds on the optimum: a minute or two.
poisson: $(STAMP)
	$(BIN)/python -m adversaries.poisson_tables

# The theorems in Rocq (Debian: coq, libcoq-mathcomp-algebra, which root gets installed): compile,
# print what each assumes, hold the executable scheduler against the simulator; then `kvcr audit`
# says rocq.
rocq-install:
	sh lemmas/rocq/install.sh

rocq: $(STAMP) rocq-install
	$(BIN)/python -m lemmas.rocq_run build agree

# Rocq's own checker on the compiled results, and a wrong constant in each theorem.
rocq-check rocq-sabotage: $(STAMP)
	$(BIN)/python -m lemmas.rocq_run $(patsubst rocq-%,%,$@)

# Brute force, branch and bound, CP-SAT and Z3 on 10,000 small instances: some minutes.
cross-check: $(STAMP)
	$(BIN)/python -m tests.cross_check

# The table of bounded proofs, from scratch: ten minutes or so.
frontier: $(STAMP)
	$(BIN)/python -m kvcr.frontier_search

# Every version is pinned in requirements.lock; `make lock` resolves anew from pyproject.toml.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "kvcr needs Python 3.11 or newer; set PYTHON=..."; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

lock:
	rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group dev
	$(BIN)/python -m pip freeze --exclude-editable > requirements.lock

clean:
	find theory adversaries -name __pycache__ -prune -exec rm -rf {} +
	rm -rf $(VENV) docs/_build docs/generated build dist
