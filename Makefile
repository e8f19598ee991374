# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit emulator-test sanity integration molecule matrix bench format operations requirements clean venv

# If PYTHON is not set, an existing virtual environment keeps its Python.
CANDIDATES = $(or $(PYTHON),.venv/bin/python python3 python3.13 python3.12 python3.11 python3.14)
RUN = .venv/bin/python

help:
	@echo 'make demo         run the quickstart playbook against a Mailtrap emulator'
	@echo 'make test         all parts below, up to "molecule", and print a summary'
	@echo 'make lint           ruff, mypy, yamllint, ansible-lint, antsibull'
	@echo 'make unit           unit tests of the collection'
	@echo 'make emulator-test  tests of the emulator'
	@echo 'make sanity         ansible-test sanity on every installed Python'
	@echo 'make integration    run playbooks against the emulator'
	@echo 'make molecule       Molecule scenarios of the roles'
	@echo 'make matrix       sanity and unit tests on every supported ansible-core'
	@echo '                  (INTEGRATION=1: also integration tests on the oldest and newest)'
	@echo 'make bench        compare the run time of tasks with debug, uri and loops'
	@echo 'make format       fix and format the code with ruff'
	@echo 'make operations   regenerate docs/docsite/rst/operations.rst'
	@echo 'make requirements update the pinned requirements'
	@echo 'make clean        remove all generated files'
	@echo 'PYTHON=python3.13 selects the Python (3.11 or newer)'

demo: venv
	@$(RUN) tools/run_demo.py

test: venv
	@$(RUN) tools/run_tests.py

lint unit sanity integration molecule: venv
	@$(RUN) tools/run_tests.py $@

emulator-test: venv
	@$(RUN) tools/run_tests.py emulator

matrix: venv
	@$(RUN) tools/run_matrix.py

bench: venv
	@status=0; for bench in bench account summary; do $(RUN) tests/benchmark/$$bench.py || status=1; done; exit $$status

format: venv
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format .

venv:
	@python=$$(tools/find-python 3.11 $(CANDIDATES)) || \
		{ echo 'None of these is Python 3.11 or newer with the module venv: $(CANDIDATES)' >&2; exit 1; }; \
	"$$python" tools/venvs.py

UV = .build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --upgrade \
	--custom-compile-command 'make requirements'

operations: venv
	@$(RUN) tools/operations.py

requirements: venv
	@$(RUN) -m venv .build/uv
	@.build/uv/bin/pip install --quiet --disable-pip-version-check uv
	@$(UV) --all-extras requirements/tests.in emulator/pyproject.toml -o requirements/tests.txt
	@$(UV) requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf .build .venv .ansible .pytest_cache .ruff_cache tests/output emulator/.pytest_cache
