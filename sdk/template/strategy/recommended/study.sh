#!/bin/sh
# The accuracy for several weights of the term: sh study.sh [MANIFEST]. Runs that are there already are not run again.
set -eu
cd "$(dirname "$0")"
export GRAFT_PLUGIN_PATH="${GRAFT_PLUGIN_PATH:-build}"
manifest=${1:-smoke.toml}
echo "mu      accuracy"
for mu in 0 0.001 0.01 0.1 1; do
  out=runs/mu-$mu
  [ -e "$out/summary.json" ] || graft run "$manifest" --set strategy.mu="$mu" --out "$out" --quiet
  printf '%-7s %s\n' "$mu" "$(sed -n '/"accuracy"/,/}/s/ *"mean": \([0-9.e-]*\),/\1/p' "$out/summary.json" | head -n 1)"
done
