# The commands of the project. Everything they make lies in .venv, node_modules and DATA_DIR (./var).
.PHONY: run test check bench install format requirements
python := .venv/bin/python

run:  ## the clinic, in a browser
	@scripts/set_up.sh base
	@exec $(python) manage.py serve --with-parent

install:  ## what running needs, without running
	@scripts/set_up.sh base

test:  ## the whole suite, browser tests included
	@scripts/set_up.sh dev
	@exec $(python) -m pytest -n 2 --dist loadfile $(ARGS)

check:  ## format, lint, types, floors and rooms, templates, migrations
	@scripts/set_up.sh dev
	@exec scripts/check.sh

bench:  ## each benchmark prints one JSON line
	@scripts/set_up.sh dev
	@exec $(python) -m bench $(ARGS)

format:
	@$(python) -m ruff format .
	@$(python) -m ruff check --fix .

requirements:  ## pin what pyproject.toml asks for
	@scripts/requirements.sh
