#!/bin/bash
# A run that is killed with -9 at ten random moments, and resumed each time, ends with a straight run's bits.
#   killed.sh GRAFT FOLDER SEED STRATEGY…
set -euo pipefail
graft=$1 folder=$2 RANDOM=$3
shift 3
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
cat >run.toml <<'END'
rounds = 24
device = "cpu"
[data]
source = "shapes"
clients = 6
samples = 60
[backbone]
image_size = 16
width = 48
depth = 2
heads = 3
[training]
cohort = 0.5
batch = 16
epochs = 2
optimizer = { use = "sgd", lr = 0.05, momentum = 0.9 }
[strategy]
use = "fedavg"
END
run() { exec "$graft" run run.toml --set "strategy.use=$strategy" --quiet "$@" >/dev/null; }  # in a subshell: $! is the program's own
for strategy in "$@"; do
  began=$(date +%s%N)
  (run --out "$strategy-straight")
  longest=$((($(date +%s%N) - began) / 1000000 / 5))  # ms
  kills=0
  while ((kills < 10)); do
    run --out "$strategy-killed" --resume &
    sleep "$(awk "BEGIN { print ($RANDOM % $longest + 20) / 1000 }")"
    if kill -9 $! 2>/dev/null; then kills=$((kills + 1)); fi
    wait $! 2>/dev/null || true
    if [[ -e $strategy-killed/summary.json ]]; then  # done too early: once more from the start
      rm -rf "$strategy-killed"
      kills=0
    fi
  done
  (run --out "$strategy-killed" --resume)
  for kind in straight killed; do "$graft" export "$strategy-$kind" --out "$strategy-$kind-tensors" >/dev/null; done
  diff -r "$strategy-straight-tensors" "$strategy-killed-tensors"
  diff "$strategy-straight/clients.csv" "$strategy-killed/clients.csv"
  [[ $(wc -l <"$strategy-killed/rounds.jsonl") == 24 ]]
  echo "$strategy: killed $kills times, same bits"
done
