# The two commands are `make drill` and `make test`. Both set up what is missing first, from nothing if need be.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python

.PHONY: drill verify check prove test setup clean bench lock

drill: setup  ## hold the headline drill of each incident, all arms, and write the report
	$(PY) -m pytest scenarios -n auto --dist worksteal -m headline

verify: setup  ## hold the drills of all causes, all arms, and write the report
	$(PY) -m pytest scenarios -n auto --dist worksteal

check:  ## check a system: make check TARGET=staging (a name in targets.toml, a URL, a TOML file, or sandbox)
	@$(if $(filter sandbox,$(TARGET)),$(MAKE) --no-print-directory setup,PYTHON="$(PYTHON)" sh stack/venv.sh)
	$(PY) -m pytest checks $(if $(TARGET),--target "$(TARGET)")

prove: setup  ## break one thing of the sandbox after the other, and see that exactly the right checks turn red
	$(PY) -m pytest tests/containers/test_mutations.py --alluredir reports/output/allure-results --clean-alluredir; \
		code=$$?; $(PY) -m drills report build && exit $$code

test: setup  ## unit tests, lint, types, the checks and the headline drills against the reference stack
	$(PY) -m pytest --target sandbox -m "headline or not (drill or mutation)"

setup:  ## Python environment, report tools, Docker engine, images: each only where it is missing
	@PYTHON="$(PYTHON)" sh stack/venv.sh
	@$(PY) -m drills setup

clean: ## remove every container, image, network and volume that this project ever made, and nothing else
	@if [ -x $(PY) ]; then $(PY) -m drills clean; else echo "clean: there is no .venv here, so nothing was set up"; fi

bench: setup  ## measure boot and drill times; DRILLS="--cause 5.1" for other drills than the headline ones
	$(PY) -m drills bench $(DRILLS)

lock:  ## resolve both locks again; needs uv
	uv pip compile -q pyproject.toml --group dev --python-version 3.11 --universal --generate-hashes \
		--custom-compile-command "make lock" -o requirements.lock
	uv pip compile -q --group services --python-version 3.13 --universal --generate-hashes \
		--custom-compile-command "make lock" -o stack/images/requirements.lock
