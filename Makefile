# Everything a newcomer needs: make run | test | ui. Each sets up what it needs first.
PYTHON ?= python3
BIN := .venv/bin
export ZHENJIE_DATA ?= $(CURDIR)/data
export DAGSTER_HOME := $(ZHENJIE_DATA)/dagster_home
# Nothing here may call home.
export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := yes
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
# Compiled once: otherwise each of many processes compiles all it loads, and each run of the tests rewrites them all.
unexport PYTHONDONTWRITEBYTECODE

# What is given on the command line (NAME=…, SQL=…) reaches recipes by the environment: no quote in it ends ours.
.PHONY: turn exports answers query past take models page inspect help prefecture bench bench-compare run ui test check lock generate pack clean

help:
	@echo "make run SCALE=1%   the whole loop on the sample prefecture (two business dates), then a summary; 0.1% for a small try"
	@echo "make ui     the Dagster UI on http://127.0.0.1:3000 (PORT=3001 for another port)"
	@echo "make turn DATE=YYYY-MM-DD [BECAUSE=…] [STALE_OK=…]   one turn for a business date, on whatever has been dropped"
	@echo "make page   the answering page of townships 网上答复 on http://127.0.0.1:3080 (PORT=…)"
	@echo "make exports   the files for departments, province and counties, from the newest turn (DATE=YYYY-MM-DD)"
	@echo "make answers   answers to the lists in data/queries/drop 查询核验"
	@echo "make query SQL=\"SELECT …\"   ask the lake, read only (KNOWN=date VALID=date for tables of past)"
	@echo "make past DATE=YYYY-MM-DD   a past turn anew: all its tables, its return sets compared with what went out"
	@echo "make take TABLE=q07_firms_by_section [KIND=parquet] [OUT=folder]   a table of the analysts' file, with its dictionary"
	@echo "make models   dbt's pages on every model, column and who reads whom, as one file: data/published/dbt_models.html"
	@echo "make inspect FILE=… [FEED=F10] [ROWS=5]   what would become of a file of a department; nothing is written"
	@echo "make pack NAME=x   a new pack 场景包 that runs, to be turned into a real one"
	@echo "make test   all tests"
	@echo "make prefecture SCALE=1% MONTHS=2024-01..2025-12 OUT=folder   the synthetic prefecture alone"
	@echo "make bench SCALE=1%   the whole loop measured (10%, 100%), beside its floor"
	@echo "make bench-compare A=old.json B=new.json   two results, stage by stage"
	@echo "make check  style, generated files, definitions"
	@echo "make clean  delete everything made in data/ (reference data stays)"

run: .venv/ready
	@echo "The whole loop on the sample prefecture, two business dates: a few minutes"
	@$(BIN)/python -m prefecture.sample --scale "$(or $(SCALE),1%)"

ui: .venv/ready
	@$(BIN)/python -m pipelines setup
	@$(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p "$(or $(PORT),3000)"

turn: .venv/ready
	@$(BIN)/python -m pipelines turn "$$DATE" $${BECAUSE:+--because "$$BECAUSE"} $${STALE_OK:+--stale-ok "$$STALE_OK"}

page: .venv/ready
	@$(BIN)/python -m pipelines page $${PORT:+--port "$$PORT"}

exports: .venv/ready
	@$(BIN)/python -m pipelines exports $${DATE:+"$$DATE"}

answers: .venv/ready
	@$(BIN)/python -m pipelines queries $${DATE:+"$$DATE"}

query: .venv/ready
	@$(BIN)/python -m pipelines query "$$SQL" $${KNOWN:+--known "$$KNOWN"} $${VALID:+--valid "$$VALID"} $${CSV:+--csv}

past: .venv/ready
	@$(BIN)/python -m pipelines past "$$DATE"

take: .venv/ready
	@$(BIN)/python -m pipelines take "$$TABLE" $${KIND:+--as "$$KIND"} $${OUT:+--out "$$OUT"}

models: .venv/ready
	@$(BIN)/python -m pipelines models

inspect: .venv/ready
	@$(BIN)/python -m pipelines inspect "$$FILE" $${FEED:+--feed "$$FEED"} $${ROWS:+--rows "$$ROWS"}

prefecture: .venv/ready
	@$(BIN)/python -m prefecture --scale "$(or $(SCALE),1%)" --months "$(or $(MONTHS),2024-01)" \
	  --out "$(or $(OUT),$(ZHENJIE_DATA)/prefecture)"

bench: .venv/ready
	@$(BIN)/python -m prefecture.bench run --scale "$(or $(SCALE),1%)"

bench-compare: .venv/ready
	@$(BIN)/python -m prefecture.bench compare "$(A)" "$(B)"

test: check
	@$(BIN)/python -m pytest

check: .venv/tested
	@$(BIN)/ruff check .
	@$(BIN)/ty check --output-format concise
	@$(BIN)/lint-imports --no-cache > .venv/imports.log || { cat .venv/imports.log; exit 1; }
	@$(BIN)/python -m pipelines.generate --check
	@$(BIN)/python -m pipelines.give.exports check
	@$(BIN)/python -m pipelines.kit.contracts check

pack: .venv/ready
	@$(BIN)/python -m pipelines.kit.packs "$$NAME" && $(BIN)/python -m pipelines.generate

generate: .venv/ready
	@$(BIN)/python -m pipelines.generate

.venv/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "python3 is older than 3.11; name another one: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@echo "Setting up .venv (once; a few minutes)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "Compiling models and rules (once)"
	@$(BIN)/python -m pipelines.generate.compiled
	@touch $@

.venv/tested: requirements-dev.lock .venv/ready
	@echo "Adding what the tests need (once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

COMPILE := .venv/lock/bin/uv pip compile --quiet --generate-hashes --no-header --no-strip-extras --python-version 3.11 \
  --no-emit-index-url --no-emit-find-links

lock: .venv/ready
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv
	@$(COMPILE) -o requirements-dev.lock --extra test pyproject.toml
	@$(COMPILE) -o requirements.lock -c requirements-dev.lock pyproject.toml

clean:
	@find data -mindepth 1 -maxdepth 1 ! -name reference ! -name README.md -exec rm -rf {} +
