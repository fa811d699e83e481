#!/bin/sh
# The pages of a small study and of a run in headless Chromium. 77 (skipped) where Chromium, node or playwright-core is missing.
#   browser.sh GRAFT MANIFEST NODE_MODULES FOLDER
graft=$1 manifest=$2 folder=$4
export GRAFT_NODE_MODULES="$3"
here=$(dirname "$0")
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "skipped: no Chromium"; exit 77; }
command -v node > /dev/null || { echo "skipped: no node"; exit 77; }
[ -d "$3/playwright-core" ] ||
  { echo "skipped: no playwright-core; npm install --prefix .graft/npm playwright-core"; exit 77; }
set -e
rm -rf "$folder"
mkdir -p "$folder"
"$graft" compare "$manifest" --quiet --jobs 2 --out "$folder/study"
node "$here/page.mjs" "$folder/study/comparison.html" "$folder/shots/study" "$chromium" \
  results curves traffic clients differences layers split manifests
run=$(ls -d "$folder"/study/*-seed-1 | head -n 1)
node "$here/page.mjs" "$run/report.html" "$folder/shots/run" "$chromium" results curves clients split manifests
node "$here/live.mjs" "$graft" "$run" "$folder/live" "$chromium"
