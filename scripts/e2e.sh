#!/usr/bin/env bash
# The browser tests against the release build. Arguments go to Playwright:
#     scripts/e2e.sh keys --project=nojs
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup-e2e.sh
export PATH=$PATH:/usr/sbin # where Debian keeps nginx
cd end2end
npm run --silent check
exec npx playwright test "$@"
