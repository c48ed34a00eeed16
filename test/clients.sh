#!/usr/bin/env bash
# Whole-system tests: unmodified clients against the built server. Installs what
# the clients need, says which ran, and fails if one that is there did not run.
set -euo pipefail
cd "$(dirname "$0")/sdk"

say() { printf '== %s\n' "$*"; }
die() { printf 'clients.sh: %s\n' "$*" >&2; exit 1; }

command -v go >/dev/null || die "Go 1.26 is needed: https://go.dev/dl"
command -v node >/dev/null || die "Node.js 20 or newer is needed for the JavaScript clients: https://nodejs.org"
command -v npm >/dev/null || die "npm is needed to install the JavaScript clients; it comes with Node.js"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || die "Node.js 20 or newer is needed; this is $(node --version)"

# Installed afresh only when the lock file says something new.
if ! cmp -s js/package-lock.json js/node_modules/.bailiwick-lock 2>/dev/null; then
	say "installing the JavaScript clients (npm ci)"
	(cd js && npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.bailiwick-lock)
fi

clients=node
missing=
if ! aws --version >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	say "installing the AWS CLI (apt-get)"
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq awscli; } >/dev/null 2>&1 || true
fi
if aws --version >/dev/null 2>&1; then
	clients="$clients awscli"
else
	missing="$missing
   AWS CLI: not there, and not installable (needs root and apt-get). Install it: https://aws.amazon.com/cli/"
fi
python=
for p in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! "$p" py/probe.py --check >/dev/null 2>&1 || python=$p
done
if [ -n "$python" ]; then
	clients="$clients python"
else
	missing="$missing
   botocore: no python3 can import it. Install it: pip install boto3"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
say "running the stories (clients: go $clients)"
status=0
BAILIWICK_CLIENTS="$clients" go test -count=1 -v "$@" ./... >"$log" 2>&1 || status=$?
if [ "$status" != 0 ]; then
	cat "$log"
	die "stories failed:
$(grep -E '^ *--- FAIL' "$log" || true)"
fi

ran=$(grep -c '^--- PASS' "$log" || true)
grep -E '^--- (PASS|SKIP)' "$log" || true
[ "$ran" -gt 0 ] || die "no story ran"
say "$ran stories ran, with:"
printf '   %s\n' "AWS SDK for Go v2 ($(go list -m -f '{{.Version}}' github.com/aws/aws-sdk-go-v2))" "plain HTTP"
for m in aws-amplify @aws-sdk/client-dynamodb; do
	printf '   %s\n' "$m $(node -p "JSON.parse(require('fs').readFileSync('js/node_modules/$m/package.json')).version") on Node.js $(node --version)"
done
case " $clients " in *" awscli "*) printf '   %s\n' "$(aws --version 2>&1)" ;; esac
[ -z "$python" ] || printf '   %s\n' "botocore on $("$python" --version)"
if [ -n "$missing" ] || grep -q 'NOT RUN' "$log"; then
	printf '\n!!!!!!!! THESE CLIENTS WERE NOT RUN:%s\n' "$missing"
	printf '         and so these stories or parts of them:\n'
	grep -E '^ *--- SKIP' "$log" || true
fi
