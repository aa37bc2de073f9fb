# The only commands a newcomer needs. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run dev check test e2e clients bench screenshots release migration advisories

rust := scripts/with-toolchain.sh

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build and start Keywright on http://127.0.0.1:3000 (PROFILE=lodol; DEMO=1 with history and an API)
	@scripts/run.sh

dev: ## Build and run; again whenever a source changes
	@$(rust) cargo xtask watch

check: ## The fast checks: format, lints, tests on SQLite
	@$(rust) scripts/test.sh check

test: ## Everything: checks, tests on PostgreSQL too, release build, browser tests, OAuth clients
	@$(rust) scripts/test.sh all

e2e: ## Browser tests only (ARGS="keys --project=nojs")
	@$(rust) cargo xtask build --release
	@scripts/e2e.sh $(ARGS)

clients: ## Other people's OAuth clients only (ARGS="openid-client")
	@$(rust) cargo xtask build --release
	@$(rust) scripts/clients.sh $(ARGS)

bench: ## Measure against a bare handler: the gate, and OAuth beside another server (ARGS="oauth")
	@$(rust) cargo xtask build --release
	@$(rust) scripts/bench.sh $(ARGS)

screenshots: ## Render every page into target/screenshots
	@$(rust) cargo xtask build --release
	@scripts/setup-e2e.sh
	@npm --prefix end2end run --silent screenshots

release: ## Make dist/keywright, one file to deploy
	@$(rust) cargo xtask build --release
	@install -D target/release/keywright dist/keywright
	@ls -lh dist/keywright | awk '{ print "dist/keywright:", $$5 }'

migration: ## Make the next migration for both databases (NAME=add_key_notes)
	@scripts/new-migration.sh "$(NAME)"

advisories: ## Ask the advisory database about our dependencies (needs the network)
	@"$$(scripts/setup-deny.sh)" check advisories
