# The commands of the project. Everything they make lies in .venv, node_modules and DATA_DIR (./var).
.PHONY: run production owner serve test images check bench install format requirements
python := .venv/bin/python

run:  ## the clinic, in a browser
	@scripts/set_up.sh base
	@exec $(python) manage.py serve --with-parent

production:  ## clinic.env for a real clinic: make production HOST=clinic.example.org SMTP=mail.example.org
	@scripts/set_up.sh base
	@scripts/production.sh "$(HOST)" "$(SMTP)" "$(FROM)"

owner:  ## an empty clinic and its owner: make owner EMAIL=you@example.org CLINIC="Your clinic"; asks for the password
	@scripts/in_production.sh open_clinic --email "$(EMAIL)" --clinic "$(CLINIC)" $(ARGS)

serve:  ## the real clinic, behind a TLS proxy
	@scripts/set_up.sh base
	@exec scripts/in_production.sh serve --with-parent

install:  ## what running needs, without running
	@scripts/set_up.sh base

test:  ## the whole suite, browser tests included
	@scripts/set_up.sh dev
	@exec $(python) -m pytest -n 2 --dist loadfile $(ARGS)

images:  ## the pictures of docs/images, taken anew by the journey through a course
	@scripts/set_up.sh dev
	@WRITE_IMAGES=1 $(python) -m pytest -q tests/journeys/test_course_in_browser.py

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
