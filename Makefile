# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit emulator-test sanity integration molecule matrix bench format operations requirements clean venv

# Without PYTHON, an environment that is there keeps its Python.
CANDIDATES = $(or $(PYTHON),.venv/bin/python python3 python3.13 python3.12 python3.11 python3.14)
RUN = .venv/bin/python

help:
	@echo 'make demo         try the collection against an emulator of Mailtrap'
	@echo 'make test         everything below up to "molecule", and a summary'
	@echo 'make lint           ruff, yamllint, ansible-lint, antsibull'
	@echo 'make unit           unit tests of the collection'
	@echo 'make emulator-test  tests of the emulator'
	@echo 'make sanity         ansible-test sanity on every Python of this machine'
	@echo 'make integration    playbooks against the emulator'
	@echo 'make molecule       scenarios of the roles'
	@echo 'make matrix       sanity and unit tests on every supported ansible-core'
	@echo '                  (INTEGRATION=1: integration tests on the oldest and newest as well)'
	@echo 'make bench        what tasks cost, beside debug, uri and loops'
	@echo 'make format       let ruff mend what it can'
	@echo 'make operations   renew the page that tells which module reaches which operation'
	@echo 'make requirements renew the pinned requirements'
	@echo 'make clean        remove all that was made here'
	@echo 'PYTHON=python3.13 chooses the Python (3.11 or newer)'

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
		{ echo 'No usable Python 3.11 or newer (with venv) among: $(CANDIDATES)' >&2; exit 1; }; \
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
