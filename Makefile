# `make check` is what has to pass before a change is merged; `.ci/run` runs the same on a fresh machine.
RUN ?= uv run

.PHONY: check format lint types layers test doctest docs fix slow readme bench

check: format lint types layers test doctest

format:  ## the formatter has nothing to change
	$(RUN) ruff format --check .

lint:
	$(RUN) ruff check .

types:
	$(RUN) mypy

layers:  ## imports go one way, and what the house keeps
	$(RUN) pytest -q tests/hygiene

test:
	$(RUN) pytest -q

doctest:  ## every example of every docstring
	$(RUN) pytest -q --doctest-modules bayesreg

docs:  ## docs/_build/html/index.html
	uv run --group docs sphinx-build -W -b html docs docs/_build/html

fix:  ## let the tools change what they can
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

slow:  ## long statistical checks
	$(RUN) pytest -q -m slow

bench:  ## measure against other packages on a quiet machine (hours), and write the tables that README and the pages show
	uv run --group bench python -m benchmarks map
	uv run --group bench python -m benchmarks report

readme:  ## what README's examples print, the pictures and the generated tables
	cd docs && $(RUN) python refresh_readme.py
