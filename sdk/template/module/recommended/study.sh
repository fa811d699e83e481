#!/bin/sh
# The accuracy for several widths of the bottleneck: sh study.sh [MANIFEST]. Runs that are there already are not run again.
set -eu
cd "$(dirname "$0")"
export GRAFT_PLUGIN_PATH="${GRAFT_PLUGIN_PATH:-build}"
manifest=${1:-smoke.toml}
echo "width   accuracy"
for width in 2 4 8 16 32; do
  out=runs/width-$width
  [ -e "$out/summary.json" ] || graft run "$manifest" --set modules.0.bottleneck="$width" --out "$out" --quiet
  printf '%-7s %s\n' "$width" "$(sed -n '/"accuracy"/,/}/s/ *"mean": \([0-9.e-]*\),/\1/p' "$out/summary.json" | head -n 1)"
done
