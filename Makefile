# Ten targets and no more: the eight of the house, `bench`, because a claim about speed must be one
# command away from whoever doubts it, and `fuzz`, which looks for what the tests did not. What a
# checkout needs is prepared by make/prepare.sh, which does nothing when everything is done.

PYTHON_HERE = .venv/bin/python
REVERBERE = $(PYTHON_HERE) -m app
PYTEST = # options, for example: make test PYTEST="-m 'not browser'"

.PHONY: setup run worker test check migrate demo console bench fuzz

INPUTS = 100000 # frames for each codec: make fuzz INPUTS=1000000

setup: ## everything to work on the code
	@sh make/prepare.sh developer console
	@echo "Ready. Next: make demo, make test, or .venv/bin/reverbere to see what it can do."

demo: ## a living demo city on this machine
	@sh make/prepare.sh runtime console
	@exec $(REVERBERE) demo

run: ## server and worker on one machine, as REVERBERE_… settings say
	@sh make/prepare.sh runtime console
	@exec $(REVERBERE) run

worker: ## one more worker
	@sh make/prepare.sh runtime
	@exec $(REVERBERE) work

migrate: ## bring the database to this version's schema
	@sh make/prepare.sh runtime
	@$(REVERBERE) migrate

console: ## build the console
	@sh make/prepare.sh console

test: ## every test: console, unit, database, broker, scenarios, browser
	@sh make/prepare.sh developer console test-tools
	@cd console && npm test
	@$(PYTHON_HERE) -m pytest $(PYTEST)

check: ## format, lint, types, layers, architecture, codecs, API description, console
	@sh make/prepare.sh developer node-tools
	@sh make/check.sh

bench: ## every speed claim, measured on this machine
	@sh make/prepare.sh runtime
	@$(PYTHON_HERE) -m benchmarks

fuzz: ## damaged frames for every codec, as many as you like
	@sh make/prepare.sh developer
	@$(PYTHON_HERE) -m make.fuzz --inputs $(INPUTS)
