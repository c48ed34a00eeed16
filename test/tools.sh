#!/usr/bin/env bash
# What tests run functions with: Node.js and Python. Installs Python where it can,
# and says what to do where it cannot.
set -euo pipefail

say() { printf '== %s\n' "$*"; }
die() { printf 'tools.sh: %s\n' "$*" >&2; exit 1; }

command -v node >/dev/null || die "Node.js 20 or newer is needed: https://nodejs.org"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || die "Node.js 20 or newer is needed; this is $(node --version)"
if ! command -v python3 >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	say "installing Python (apt-get)"
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3; } >/dev/null 2>&1 || true
fi
command -v python3 >/dev/null || die "Python 3 is needed for the tests of functions: https://www.python.org/downloads"
