# make book · make test · make serve · make update · make clean     (make help lists all)
PYTHON ?= python3
BIN := .venv/bin
# This package: all that it needs and is built with comes before, from the lock file.
OWN := --no-deps --no-build-isolation --editable .
.DEFAULT_GOAL := help
.PHONY: help install book books test serve update check changes looks lighthouse pdf lint lock mutate bench bounds honest edits fuzz faults watch issue publish fresh power tipping audit-bench scale clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.made: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing (Debian: apt-get install python3-venv)"; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(OWN)
	@touch $@

install: .venv/.made  ## Create the environment in .venv

update: install  ## Re-run the notebooks whose inputs changed, in place
	@$(BIN)/living-review update

book: check update  ## Update the notebooks and build the site
	@$(BIN)/living-review render

test: install  ## Run all tests, the notebooks re-executed among them
	@$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder --nbval --nbval-current-env tests notebooks

serve: book  ## Build the site and serve it on this machine
	@$(BIN)/python -m http.server --directory _build/html --bind 127.0.0.1 8000

looks: book  ## Take screenshots and prints of every page, into _build/looks
	@$(BIN)/python tools/screenshots.py

changes: update  ## Compare the newest version with the one before; store what the book shows of it
	@$(BIN)/living-review diff --write

lighthouse: book  ## Score every page with Lighthouse (needs Chromium and Node 18)
	@command -v npm >/dev/null || { echo "npm is missing: install Node 18 or newer"; exit 2; }
	@npm install --silent --no-audit --no-fund
	@$(BIN)/python tools/lighthouse.py

pdf: book  ## Print the book and each page as PDF, into the site's downloads
	@$(BIN)/python tools/pdf.py

check: install  ## Validate data/
	@$(BIN)/living-review check

lint: install  ## Check style, types and imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy src

GROUPS := --group build --group book --group checks
lock: install  ## Pin all dependencies in requirements.txt, with their hashes
	@$(BIN)/uv pip compile --quiet --no-header --generate-hashes $(GROUPS) pyproject.toml --output-file requirements.txt

mutate: install  ## Change one number of data/ at a time; list the changes that no check notices
	@$(BIN)/python tools/mutate.py

bench: install  ## Measure the build (minutes); writes benchmarks/build.md
	@$(BIN)/python benchmarks/build.py --big

bounds: install  ## Validate the bounds against brute force and known truth (an hour); writes data/review/bounds_*.csv
	@BOUNDS_CASES=600 BOUNDS_LARGEST=6 $(BIN)/python -m pytest -q tests/unit/test_bounds_conventions.py
	@$(BIN)/python benchmarks/bounds.py validation
	@$(BIN)/python benchmarks/bounds.py cost

honest: install  ## Audit honest papers and papers with planted errors; writes data/review/audit_figures.csv
	@$(BIN)/python benchmarks/honest_papers.py --statistics 20000 --write

books: install  ## Build whole books once more: with a new study, payloads in every cell (minutes)
	@$(BIN)/python -m pytest -q -m on_request tests/data tests/unit/test_payloads.py

edits: install  ## A thousand random sequences of edits, against full clean runs; forked kernels against fresh ones (minutes)
	@$(BIN)/python benchmarks/edits.py
	@$(BIN)/python -m pytest -q -m slow tests/notebooks/test_forked.py

fuzz: install  ## Attack checks and build at length (an hour); writes data/review/robustness.csv
	@$(BIN)/python tools/fuzz.py evidence --cases 3000 --write
	@$(BIN)/python tools/fuzz_build.py notebooks --cases 2000 --write
	@$(BIN)/python tools/fuzz_build.py ways_of_reading --cases 3000 --write
	@$(BIN)/python tools/fuzz_build.py edits --cases 1000 --write
	@$(BIN)/python tools/fuzz_build.py kills --cases 500 --write
	@$(BIN)/python -m pytest -q tests/unit/test_payloads.py

faults: install  ## Plant every fault in the search, kills among them (minutes); writes data/review/search_faults.csv
	@$(BIN)/python tools/search_faults.py
	@$(BIN)/python -m pytest -q -m slow tests/living

watch: install  ## Run the search since the last logged day (needs a network)
	@rm -f _build/search/report.md
	@$(BIN)/living-review watch --report _build/search/report.md

issue:  ## Write the issue that reports what the last search found, into _build/search/issue
	@$(PYTHON) tools/search_issue.py

publish:  ## Add the built site to a folder of versions: make publish INTO=FOLDER
	@$(PYTHON) tools/publish.py _build/html $(INTO)

fresh: install  ## Resolve all dependencies anew, install them beside, run the quick tests with them
	@mkdir -p _build/fresh
	@$(BIN)/uv pip compile --quiet --no-header --upgrade $(GROUPS) pyproject.toml --output-file _build/fresh/requirements.txt
	@$(PYTHON) -m venv --clear _build/fresh/venv
	@_build/fresh/venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement _build/fresh/requirements.txt
	@_build/fresh/venv/bin/python -m pip install --quiet --disable-pip-version-check $(OWN)
	@_build/fresh/venv/bin/python -m pytest -q tests/unit tests/living

power: install  ## Type each number wrong and see which check notices (half an hour); writes data/review/audit_power.csv
	@$(BIN)/python tools/audit_power.py

tipping: install  ## Find out how far each number could move before a sentence changes; writes data/review/tipping.csv
	@$(BIN)/python tools/sensitivity.py --write

audit-bench: install  ## Time the audit of any paper, and how its cost grows
	@$(BIN)/python benchmarks/audit_paper.py

scale: install  ## Measure commands, pages and books of ten to a thousand made-up studies (minutes)
	@$(BIN)/python benchmarks/scale.py 10 100 1000

clean:  ## Remove what was built (the environment stays)
	rm -rf _build
