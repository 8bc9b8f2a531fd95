# Two commands do all: `make demo` and `make test`. Everything they need is set up by them.
.PHONY: setup demo test test-faults test-api audit quality format requirements clean

PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
VENDOR := static/vendor/.done
CATALOGUE := locale/ru/LC_MESSAGES/django

setup: .venv/.run $(VENDOR) $(CATALOGUE).mo
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_regions

# The virtual environment; Debian keeps ensurepip in a package of its own.
.venv/bin/python:
	@$(PYTHON) -m venv .venv || { rm -rf .venv; apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv .venv; }

.venv/.run: .venv/bin/python requirements.txt
	@$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

# Front-end files come from npm; where there is none, a Node from the Python index brings one.
$(VENDOR): .venv/.run package.json
	@command -v npm >/dev/null || $(BIN)/pip install --quiet --require-hashes -r requirements-node.txt
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm install --silent --no-package-lock
	@$(MANAGE) frontend
	@touch $@

$(CATALOGUE).mo: $(CATALOGUE).po .venv/.run
	@$(MANAGE) messages --compile

demo: setup
	@$(MANAGE) demo

# PostgreSQL, Redis, Chromium and LibreOffice (which recomputes score passports and opens documents) from Debian's packages, where they are missing and we may.
.venv/.services: .venv/bin/python
	@{ ls /usr/lib/postgresql/*/bin/initdb && command -v redis-server && command -v chromium && command -v soffice && ls /usr/lib/libreoffice/program/libswlo.so; } >/dev/null 2>&1 || \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    postgresql redis-server chromium fonts-dejavu-core libreoffice-calc-nogui libreoffice-writer-nogui; }
	@touch $@

test: .venv/.dev .venv/.services $(VENDOR) $(CATALOGUE).mo quality
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not demo and not faults and not matrix"
	GOSPUB_TEST_DATABASE=sqlite $(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser and not demo and not faults"
	$(BIN)/python -m pytest -m demo

# Faults that befall real workers, PostgreSQL, Redis and web servers; the quick ones are part of `make test`.
test-faults: .venv/.dev .venv/.services $(VENDOR) $(CATALOGUE).mo
	$(BIN)/python -m pytest tests/faults

# Requests made up from the API's document, for three minutes; a short run is part of `make test`.
test-api: .venv/.dev .venv/.services $(VENDOR) $(CATALOGUE).mo
	GOSPUB_API_SECONDS=180 $(BIN)/python -m pytest tests/open_data/test_schemathesis.py

quality: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --check --lint --quiet templates
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) messages --check

# Known holes of what we stand on: asks the advisory service of the Python index and npm's, so it needs the network.
audit: .venv/.dev
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.txt
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements-dev.txt
	$(MANAGE) check --deploy

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint --reformat --quiet templates

requirements: .venv/.dev
	@for set in "requirements.txt pyproject.toml" "requirements-dev.txt pyproject.toml --extra dev" "requirements-node.txt --group pyproject.toml:node"; do \
	  $(BIN)/uv pip compile --generate-hashes --universal --no-header --no-annotate --quiet -o $$set; done

clean:
	rm -rf .venv node_modules static/vendor staticfiles var
