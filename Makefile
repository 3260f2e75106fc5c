# The commands of this project. `exec` replaces the shell, so that a signal reaches the program and not a shell in between.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test walk faults bench lighthouse lint words development

run: ## everything on http://127.0.0.1:8000, no server needed; PORT= changes the port
	@exec $(PYTHON) -m config.local_run.launch

test: development ## the whole suite; ARGS= goes to pytest, REQUIRE_SERVICES=1 forbids skipping
	@exec $(BIN)/python -m tests.run $(ARGS)

walk: development ## every flow of the portal and a working day at the clinic on each screen, in each colours and language, with and without scripts; pictures in var/walk/
	@PLUMBLINE_WALK=long exec $(BIN)/python -m pytest tests/walks $(ARGS)

faults: development ## kill and break real processes and count the mails, the long form; PLUMBLINE_FAULTS=short: the short one
	@PLUMBLINE_FAULTS=$${PLUMBLINE_FAULTS:-long} exec $(BIN)/python -m pytest tests/faults $(ARGS)

bench: development ## ratios, one `name: value` a line
	@exec $(BIN)/python -m bench $(ARGS)

lighthouse: development ## accessibility, best practices and speed of the portal's main pages; needs Chromium and npm
	@exec $(BIN)/python -m bench.lighthouse

lint: development ## style, types, layers, templates, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet templates config/templates
	$(BIN)/python manage.py makemigrations --check --dry-run

words: development ## every string of the source into the catalogues of each language, compiled; says what is left to translate
	@exec $(BIN)/python -m tests.words

development:
	@$(PYTHON) -m config.install requirements-dev.txt
