#!/usr/bin/env bash
# A newer SDK, made here from the installed one by appending to what crosses, an entry of the table and a key of plans: its plugins
# are refused by this host, unless they are built for it, and then what is newer is not declared. And the installed one itself builds
# for hosts of SDK 1.0, which know nothing of what 1.1 added. target.sh PREFIX SOURCES WORK
set -euo pipefail
prefix=$1 sources=$2 work=$3/target
export PATH=$prefix/bin:$PATH OMP_NUM_THREADS=1
fail() { echo "target.sh: $*"; exit 1; }
rm -rf "$work"
mkdir -p "$work/newer/include" "$work/newer/lib/cmake" "$work"/{for_newer,for_this,newer_key,older_key,for_first}
cp -rL "$prefix/include/graft" "$work/newer/include/"  # of a build folder they are links to the sources
cp -rL "$prefix/lib/cmake/Graft" "$work/newer/lib/cmake/"
cd "$work"
sed -i -e 's/^#define GRAFT_SDK 101.*/#define GRAFT_SDK 102/' -e 's/"1.1"/"1.2"/' newer/include/graft/version.h
sed -i 's|^} graft_tensor_table;|#if GRAFT_TARGET >= 102\n  graft_unary erf; /* appended */\n#endif\n&|' newer/include/graft/tensor_table.h
grep -q erf newer/include/graft/tensor_table.h || fail "nothing was appended"
plan=newer/include/graft/plan.hpp
sed -i -e 's|^  Gossip gossip{};.*|&\n#if GRAFT_TARGET >= 102\n  bool paused = false;\n#endif|' \
  -e 's|to_json(p.gossip) +$|&\n#if GRAFT_TARGET >= 102\n (p.paused ? ",\\"paused\\":true" : "") +\n#endif|' $plan
(($(grep -c paused $plan) == 2)) || fail "no key of plans was appended"
sed -n '/^\/\/ FedProx: /,/^GRAFT_STRATEGY/p' "$sources/sdk/README.md" >fedprox.cpp
sed 's|return {}; }|return Plan{.paused = true}; }|' fedprox.cpp >paused.cpp
sed -n '/^rounds = 2/,/^```/p' "$sources/sdk/README.md" | sed '/^```/,$d' >smoke.toml

build() {  # FOLDER LINE [SDK]: with the newer SDK, or that one, as the CMakeLists.txt there says
  printf 'cmake_minimum_required(VERSION 3.25)\nproject(fedprox LANGUAGES CXX)\nfind_package(Graft REQUIRED)\n%s\n' "$2" >"$1/CMakeLists.txt"
  cmake -S "$1" -B "$1/build" -DGraft_DIR="${3:-$work/newer}/lib/cmake/Graft" -DGRAFT_PROGRAM="$prefix/bin/graft" >"$1.log" 2>&1 || return
  cmake --build "$1/build" >>"$1.log" 2>&1
}
build for_newer 'graft_add_plugin(fedprox ../fedprox.cpp)'
for wrong in 0.9 2.0 1.3 1. one; do
  if build for_this "graft_add_plugin(fedprox ../fedprox.cpp TARGET $wrong)"; then fail "TARGET $wrong is taken"; fi
  tr -s '\n ' ' ' <for_this.log | grep -qF "TARGET is '$wrong', expected the version of an SDK, from 1.0 to this one's, 1.2" ||
    fail "TARGET $wrong is refused with other words: $(cat for_this.log)"
done
build newer_key 'graft_add_plugin(paused ../paused.cpp)'
for older in 1.0 1.1; do
  if build older_key "graft_add_plugin(paused ../paused.cpp TARGET $older)"; then fail "a newer key is declared for an older host"; fi
  grep -q "has no non-static data member named .paused" older_key.log || fail "it fails for another reason: $(cat older_key.log)"
done

if said=$(GRAFT_PLUGIN_PATH=for_newer/build graft run smoke.toml --out refused 2>&1); then fail "the newer plugin ran"; fi
[[ $said == *"is built for hosts of SDK 1.2 and newer, this graft has 1.1; update graft, or build the plugin with GRAFT_TARGET=101"* ]] ||
  fail "refused with other words: $said"
[[ ! -e refused ]] || fail "a refused run left a folder"
build for_this 'graft_add_plugin(fedprox ../fedprox.cpp TARGET 1.1)'
GRAFT_PLUGIN_PATH=for_this/build graft run smoke.toml --quiet --out ran  # a key that this host does not know would be refused
graft plugins for_this/build/fedprox.so | grep -q 'SDK 1.2' || fail "the SDK that built it is not said"
echo "refused as built for 1.2, runs as built for 1.1"

build for_first 'graft_add_plugin(fedprox ../fedprox.cpp TARGET 1.0)' "$prefix"
GRAFT_PLUGIN_PATH=for_first/build graft run smoke.toml --quiet --out first
for part in rounds.jsonl clients.csv; do [[ -s first/$part ]] || fail "the plugin for 1.0 left no $part"; done
cmp ran/clients.csv first/clients.csv || fail "built for 1.0, it comes to something else"
for key in stateless gossip; do
  if grep -q $key for_first/build/fedprox.so; then fail "the plan of a plugin for 1.0 has the key '$key'"; fi
done
not_before() {  # WORDS EDIT: what 1.1 added compiles for its hosts, and for those of 1.0 fails with these words
  sed "$2" fedprox.cpp >later.cpp
  if cmp -s fedprox.cpp later.cpp; then fail "nothing was edited: $2"; fi
  g++ -std=c++20 -fsyntax-only -I"$prefix/include" later.cpp || fail "what 1.1 added does not compile: $2"
  if g++ -std=c++20 -fsyntax-only -DGRAFT_TARGET=100 -I"$prefix/include" later.cpp 2>later.log; then fail "declared for 1.0: $2"; fi
  grep -q "$1" later.log || fail "it fails for another reason: $(cat later.log)"
}
not_before 'no non-static data member named .stateless' 's|return {}; }|return Plan{.stateless = true}; }|'
not_before 'no non-static data member named .gossip' 's|return {}; }|return Plan{.gossip = {}}; }|'
not_before '.batches. is not a member of' 's|return {}; }|return Plan{.weighting = Weighting::batches}; }|'
not_before 'has no member named .stored' 's|lanes.received()|lanes.received() * lanes.stored().sum()|'
not_before 'has no member named .pullback' 's|lanes.gradient(w, batch)|lanes.pullback(w, batch, lanes.slope(lanes.logits(w, batch), batch))|'
merge='  Tensor merge(const Tensor\& uploads, const Tensor\&) const override { return uploads.mean(0); }'
predict='  Tensor predict(Lanes\& lanes, const Batch\& batch) const override { return lanes.logits(lanes.model(), batch); }'
not_before 'merge.*marked .override., but does not override' "s|^  Plan plan() const.*|&\n$merge|"
not_before 'predict.*marked .override., but does not override' "s|^  Plan plan() const.*|&\n$predict|"
echo "built for 1.0, it runs, and has none of what 1.1 added"
