#!/usr/bin/env bash
# OAuth clients of other people against the release build. Arguments go to Playwright:
#     scripts/clients.sh openid-client
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup-clients.sh
cd end2end
npm run --silent check
exec npx playwright test --config clients/playwright.config.ts "$@"
