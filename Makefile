# `make` says what there is. `make drill` and `make test` are the two commands; each sets up first what is missing.
#
# make ends with 2 whatever failed; the code of pytest stands in its last line, as in "Error 6" (docs/options.md has the
# table). What a caller gives (TARGET, DRILLS, FULL, SHARD, SEED, N, PYTHON) reaches the shell through the environment
# only, so nothing in it is run, and no line that may hold a password is printed.
PY := .venv/bin/python
export DRILLS_TARGET := $(value TARGET)
export DRILLS_BENCH := $(value DRILLS)
export DRILLS_FULL := $(value FULL)
export DRILLS_SHARD := $(value SHARD)
export DRILLS_SEED := $(value SEED)
export DRILLS_N := $(value N)
unexport TARGET DRILLS FULL SHARD SEED N
VENV := PYTHON="$${PYTHON:-$$(command -v python3.11 || command -v python3)}" sh stack/venv.sh

.DEFAULT_GOAL := help
.PHONY: help drill verify check prove ablate refute test setup clean bench noise mutants host-test lock

help:  ## say what there is
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

drill: setup  ## hold the headline drill of each incident, all arms, and write the report
	$(PY) -m pytest scenarios -n auto --dist worksteal -m headline

verify: setup  ## hold the drills of all causes, all arms, and write the report; FULL=1 watches doing nothing in full, SHARD=2/4 holds a part
	$(PY) -m pytest scenarios -n auto --dist worksteal $${DRILLS_FULL:+--full-placebo} $${DRILLS_SHARD:+--shard "$$DRILLS_SHARD"}

test: setup  ## unit tests, lint, types, the checks and the headline drills against the reference stack
	@$(PY) -m pytest scenarios -n auto --dist worksteal -m headline; drills=$$?; \
		$(PY) -m pytest --target sandbox -m "not (drill or mutation or slow)" && exit $$drills

check:  ## check a system; TARGET= a name in targets.toml, a URL, a TOML file, or sandbox
	@if [ "$$DRILLS_TARGET" = sandbox ]; then $(MAKE) --no-print-directory setup; else $(VENV); fi
	@$(PY) -m pytest checks $${DRILLS_TARGET:+--target "$$DRILLS_TARGET"}

prove: setup  ## break one thing of the sandbox after the other: exactly the right checks turn red
	$(PY) -m pytest tests/containers/test_mutations.py --alluredir reports/output/allure-results --clean-alluredir; \
		code=$$?; $(PY) -m drills report build && exit $$code

mutants: setup  ## try small changes that nobody chose: which of them does a check see? SEED= draws the same again, N= so many
	@$(PY) -m drills mutants $${DRILLS_SEED:+--seed "$$DRILLS_SEED"} $${DRILLS_N:+--number "$$DRILLS_N"}

bench: setup  ## measure boots, checks and drills; DRILLS="--cause 5.1" for other drills than the headline ones
	@set -f; $(PY) -m drills bench $$DRILLS_BENCH

noise: setup  ## hold the headline drills and seven others three times beside two busy processes: hours, not in CI
	$(PY) -m drills noise -- "-m headline" "--cause=1.3,1.5,2.1,2.4,3.2,4.1,4.4"

host-test: setup  ## try the sandbox on a host with cgroup v2, emulated by qemu: root, half an hour, not in CI
	$(PY) -m tests.host

ablate: setup  ## hold each solution without each of its lines: which line is needed, and which is spare
	$(PY) -m pytest scenarios -n auto --dist worksteal --editions ablation

refute: setup  ## hold the wrong solutions of scenarios/wrong_solutions.toml: none may be confirmed
	$(PY) -m pytest scenarios -n auto --dist worksteal --editions scenarios/wrong_solutions.toml

setup:  ## Python environment, report tools, Docker engine, images: each only where it is missing
	@$(VENV)
	@$(PY) -m drills setup

clean:  ## remove every container, image, network and volume that this project ever made, and nothing else
	@if [ -x $(PY) ]; then $(PY) -m drills clean; else \
		echo "clean: there is no .venv here, so it cannot tell what an earlier set-up has left; run make setup, then make clean" >&2; \
		exit 1; fi

lock:  ## resolve both locks again; needs uv
	uv pip compile -q pyproject.toml --group dev --python-version 3.11 --universal --generate-hashes \
		--custom-compile-command "make lock" -o requirements.lock
	uv pip compile -q --group services --python-version 3.13 --universal --generate-hashes \
		--custom-compile-command "make lock" -o stack/images/requirements.lock
