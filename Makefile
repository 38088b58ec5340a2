# Everything a checkout needs is one of these; each makes .venv itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TOOLS := .venv-tools
TOOLS_STAMP := $(TOOLS)/.installed
PEERS := .bench-peers
FREE := .bench-free
# Where the benchmarks of the bank keep their releases for the next run.
BENCH := data/run/bench

.DEFAULT_GOAL := help
.PHONY: help demo test test-tools picture check format lock clean fuzz chaos chaos-review recall \
  bench bench-scrub bench-ingest bench-dedupe bench-bank bench-serve bench-judgement bench-review bench-bulk \
  eval-scrub eval-dedupe eval-bank

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): install.py requirements.lock pyproject.toml client/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another with: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies into $(VENV) (once; a minute or a few) ..."
	@$(BIN)/python install.py requirements.lock --editable ./client --editable .
	@touch $@

demo: $(STAMP)  ## the Monday story, end to end: no key, no network
	@$(BIN)/flywheel demo

test: $(STAMP)  ## the test suite
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart 1

# The exports and adapters with the real tools, which are heavy: an environment of their own that
# looks up in .venv what it has not itself, and a folder of npm packages.
$(TOOLS_STAMP): $(STAMP) requirements-tools.lock tests/tools/package-lock.json
	@echo "Installing the tools that exports are tried with into $(TOOLS) (once; a minute or two) ..."
	@$(BIN)/python -m venv --without-pip $(TOOLS)
	@$(BIN)/python -c 'import sys, sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_path("purelib"))' \
	  > $$($(TOOLS)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/main.pth
	@(cd tests/tools && npm ci --silent --no-audit --no-fund --ignore-scripts --omit=optional --omit=peer) \
	  & npm=$$!; \
	  $(BIN)/python install.py requirements-tools.lock --python $(TOOLS)/bin/python --no-compile && wait $$npm
	@touch $@

test-tools: $(TOOLS_STAMP)  ## exports, adapters, accessibility with the real tools (npm, chromium)
	@FLYWHEEL_TEST_TOOLS=1 $(TOOLS)/bin/python -m pytest tests/tools

check: $(STAMP)  ## format, lint, types, imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_imports.py

format: $(STAMP)  ## rewrite the files as `make check` wants them
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

picture: $(STAMP)  ## docs/images/review.png, taken of the review page itself (needs chromium)
	@$(BIN)/python -m tests.flywheel.review.picture

bench: $(STAMP)  ## side by side against named peers
	@$(BIN)/python -m benchmarks

bench-scrub: $(STAMP)  ## the scrub stage against plain Presidio: speed, memory, equal findings
	@$(BIN)/python -m benchmarks.scrub

bench-ingest: $(STAMP)  ## events a second, memory, growth with history (SIZES="10000 1000000": more)
	@$(BIN)/python -m benchmarks.ingest $(SIZES)

fuzz: $(STAMP)  ## throw invented and mutated lines at the readers and the parser (5 minutes at most)
	@$(BIN)/python -m benchmarks.fuzz

$(PEERS): requirements-bench.lock $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade --target $(PEERS) -r requirements-bench.lock
	@touch $@

# FREE_THREADED=python3.14t has bench-bank measure the threads of that interpreter as well: what is
# compiled in an environment of its own, the rest from .venv.
$(FREE): requirements.lock $(STAMP)
	@$(FREE_THREADED) -m venv --clear --without-pip $@
	@$(BIN)/python -c 'import sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_path("purelib"))' \
	  > $$($@/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/main.pth
	@awk '/^[^ ]/ {wanted = /^(numpy|tokenizers|usearch|numkong)==/} wanted' requirements.lock > $@/requirements.lock
	@$(BIN)/python install.py $@/requirements.lock --python $@/bin/python --no-compile

bench-bank: $(PEERS) $(if $(FREE_THREADED),$(FREE))  ## the few-shot bank against LangChain, FAISS and numpy; the million takes long
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=$(PEERS) $(BIN)/python -W ignore::DeprecationWarning -m benchmarks.bank --folder $(BENCH) $(if $(FREE_THREADED),--free-threaded $(FREE)/bin/python)

bench-serve: $(PEERS)  ## the service over HTTP against FastAPI around LangChain's selector
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=$(PEERS) $(BIN)/python -W ignore::DeprecationWarning -m benchmarks.bank_serve --folder $(BENCH)

eval-bank: $(PEERS)  ## how well examples are found (OPTIONS="--onnx FOLDER": a transformer too)
	@PYTHONPATH=$(PEERS) $(BIN)/python -m benchmarks.bank_quality $(OPTIONS)

chaos: $(STAMP)  ## 100,000 selections by eight processes while a writer does its worst
	@$(BIN)/python -m benchmarks.chaos

chaos-review: $(STAMP)  ## review servers killed (-9) under load: no acknowledged decision is lost
	@$(BIN)/python -m benchmarks.review_chaos

bench-review: $(STAMP)  ## review pages and API with 100,000 candidates and an ingest beside
	@$(BIN)/python -m benchmarks.review $(OPTIONS)

bench-bulk: $(STAMP)  ## a bulk decision over 50,000 cases, killed (-9) and said again, beside two who decide
	@$(BIN)/python -m benchmarks.review_bulk $(OPTIONS)

recall: $(STAMP)  ## how much personal data scrubbing takes out (docs/personal-data.md)
	@$(BIN)/python -m benchmarks.recall

eval-scrub: $(STAMP)  ## precision, recall and F2 on the evaluation set, plain Presidio beside it
	@$(BIN)/python -m benchmarks.eval_scrub

eval-dedupe: $(STAMP)  ## precision and recall of telling cases apart
	@$(BIN)/python -m benchmarks.dedupe

bench-judgement: $(STAMP)  ## drawing a round, what estimated shares cover, when a refit is used
	@$(BIN)/python -m benchmarks.judgement

bench-dedupe: $(STAMP)  ## near-duplicates against datasketch
	@$(BIN)/python -m benchmarks.near_duplicates

COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11

lock: $(STAMP)  ## resolve the dependencies anew (needs npm)
	$(COMPILE) --no-emit-package flywheel-client \
	  --group pyproject.toml:dev pyproject.toml client/pyproject.toml -o requirements.lock
	@# What the tools need besides, or at another version: the rest is in .venv. uv keeps to the
	@# versions that it finds in the file it writes, wherever they will do.
	cp requirements.lock requirements-tools.lock
	$(COMPILE) --group pyproject.toml:tools -o requirements-tools.lock
	$(COMPILE) --group pyproject.toml:tools -o requirements-tools.lock \
	  $$(cat requirements.lock requirements-tools.lock | grep -oE '^[^ ]+==[^\]+' | sort | uniq -d \
	     | sed 's/^\([^=]*\)==.*/--no-emit-package \1/' | sort -u)
	cd tests/tools && npm install --package-lock-only --omit-lockfile-registry-resolved
	$(COMPILE) --constraints requirements.lock \
	  --group pyproject.toml:bench -o requirements-bench.lock

clean:  ## remove the environment and caches (never data/run)
	rm -rf $(VENV) $(PEERS) $(FREE) $(TOOLS) tests/tools/node_modules .mypy_cache .ruff_cache .pytest_cache \
	  build *.egg-info client/*.egg-info
