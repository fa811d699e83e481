#!/usr/bin/env bash
# Makes thirty mistakes that newcomers make, and shows what the program says to each: thirty_mistakes.sh PROGRAM. Fails where one
# ends in another exit status than it should, or in more than six lines.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../answers.sh" "$1"

mistake() {  # STATUS COMMAND…: shown as it was typed, without the program's path
  local wanted=$1 said status
  shift
  said=$("$program" "$@" 2>&1 </dev/null)
  status=$?
  count=$((count + 1))
  printf '%d. `graft %s` (exit %d)\n' "$count" "$*" "$status"
  sed 's/^/       /' <<<"$said"
  if ((status != wanted || $(wc -l <<<"$said") > 6)); then expected "exit $wanted and at most six lines"; fi
}

printf '%s' "${small/rounds/rouns}" >typo.toml
printf '%s' "${small/use = \"fedavg\"/use = fedavg}" >quotes.toml
printf '%s' "${small/\"shapes\"/\"imagenet\"}" >source.toml
printf '%s' "${small/clients = 4/clients = \"4\"}" >text.toml
printf '[data]\nsource = "shapes"\n' >without.toml
study() { printf 'base = "m.toml"\n[[variants]]\nname = "a"\n%b\n' "$1"; }
study '[[variants]]\nname = "b"' >s.toml
study 'trainig.epochs = 2' >typo_study.toml
study '[[variants]]\nname = "a"' >doubled_study.toml
study 'seeds = [1, 2]' >seeds_study.toml
study '[[variants]]\nname = "a/b"' >slash_study.toml
printf 'base = "n.toml"\n' >base_study.toml
mkdir -p pictures/dog pictures/cat flat
printf 'no picture' >pictures/dog/a.jpg
printf 'no picture' >pictures/cat/b.png
printf 'x' >flat/a.jpg
head -c 1000 /dev/zero >short.bin
head -c 3000 /dev/zero >weights.safetensors
printf 'PK\003\004' >cut.npz
"$program" run m.toml --out run --quiet --set rounds=1

mistake 2
mistake 2 rnu m.toml
mistake 2 run
mistake 2 run n.toml
mistake 2 run typo.toml
mistake 2 run quotes.toml
mistake 2 run source.toml
mistake 2 run text.toml
mistake 2 run without.toml
mistake 2 run m.toml --quite
mistake 2 run m.toml --set rounds
mistake 2 run m.toml --set round=3
mistake 2 run m.toml --set strategy.use=fedagv
mistake 2 run m.toml --set strategy.use=prefix
mistake 2 run m.toml --set strategy.mu=0.1
mistake 2 run m.toml --set training.optimizer.lr=-1
mistake 2 run m.toml --set training.cohort=9
mistake 2 run m.toml --set backbone.heads=5
mistake 2 run m.toml --set 'backbone.freeze=["heads"]'
mistake 2 run m.toml --set 'modules=[{use="lora", targets=["atn.qkv"]}]'
mistake 2 run m.toml --set device=gpu
mistake 2 run m.toml --out run
mistake 4 run m.toml --set data.source=cifar10 --set data.path=nowhere
mistake 4 run m.toml --set data.source=cifar100 --set data.path=short.bin
mistake 4 run m.toml --set data.source=medmnist --set data.path=cut.npz
mistake 4 run m.toml --set data.source=images --set data.path=pictures
mistake 4 run m.toml --set data.source=images --set data.path=flat
mistake 2 run m.toml --set 'data.split={by="domain"}'
mistake 4 run m.toml --set backbone.weights=weights.safetensors
mistake 2 run m.toml --set data.min_samples=many
mistake 4 run m.toml --set data.min_samples=1000
mistake 2 inspect m.toml --json --set rounds=-1
mistake 4 export nowhere --out models
mistake 2 export run
mistake 2 evaluate run --set data.clients=6
mistake 2 plugins fedrap
mistake 2 data nowhere
mistake 2 run s.toml
mistake 2 compare
mistake 2 compare t.toml
mistake 2 compare typo_study.toml
mistake 2 compare doubled_study.toml
mistake 2 compare seeds_study.toml
mistake 2 compare slash_study.toml
mistake 2 compare base_study.toml
mistake 2 compare s.toml --set baseline=B
mistake 2 compare s.toml --set 'seeds=[1, 1]'
mistake 2 compare s.toml --out run

summed_up mistakes
