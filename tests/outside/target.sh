#!/usr/bin/env bash
# A newer SDK, made here from the installed one by appending to what crosses, an entry of the table and a key of plans: its plugins
# are refused by this host, unless they are built for it, and then what is newer is not declared. target.sh PREFIX SOURCES WORK
set -euo pipefail
prefix=$1 sources=$2 work=$3/target
export PATH=$prefix/bin:$PATH OMP_NUM_THREADS=1
fail() { echo "target.sh: $*"; exit 1; }
rm -rf "$work"
mkdir -p "$work/newer/include" "$work/newer/lib/cmake" "$work"/{for_newer,for_this,newer_key,older_key}
cp -rL "$prefix/include/graft" "$work/newer/include/"  # of a build folder they are links to the sources
cp -rL "$prefix/lib/cmake/Graft" "$work/newer/lib/cmake/"
cd "$work"
sed -i -e 's/^#define GRAFT_SDK 100.*/#define GRAFT_SDK 101/' -e 's/"1.0"/"1.1"/' newer/include/graft/version.h
sed -i 's|^} graft_tensor_table;|#if GRAFT_TARGET >= 101\n  graft_unary erf; /* appended */\n#endif\n&|' newer/include/graft/tensor_table.h
grep -q erf newer/include/graft/tensor_table.h || fail "nothing was appended"
plan=newer/include/graft/plan.hpp
sed -i -e 's|^  std::vector<std::string> modules{};.*|&\n#if GRAFT_TARGET >= 101\n  bool paused = false;\n#endif|' \
  -e 's|json::list(p.modules, json::text) + "}";|json::list(p.modules, json::text) +\n#if GRAFT_TARGET >= 101\n (p.paused ? ",\\"paused\\":true" : "") +\n#endif\n "}";|' $plan
(($(grep -c paused $plan) == 2)) || fail "no key of plans was appended"
sed -n '/^\/\/ FedProx: /,/^GRAFT_STRATEGY/p' "$sources/sdk/README.md" >fedprox.cpp
sed 's|return {}; }|return Plan{.paused = true}; }|' fedprox.cpp >paused.cpp
sed -n '/^rounds = 2/,/^```/p' "$sources/sdk/README.md" | sed '/^```/,$d' >smoke.toml

build() {  # FOLDER: with the newer SDK, as the CMakeLists.txt there says
  printf 'cmake_minimum_required(VERSION 3.25)\nproject(fedprox LANGUAGES CXX)\nfind_package(Graft REQUIRED)\n%s\n' "$2" >"$1/CMakeLists.txt"
  cmake -S "$1" -B "$1/build" -DGraft_DIR="$work/newer/lib/cmake/Graft" -DGRAFT_PROGRAM="$prefix/bin/graft" >"$1.log"
  cmake --build "$1/build" >>"$1.log" 2>&1
}
build for_newer 'graft_add_plugin(fedprox ../fedprox.cpp)'
build for_this 'graft_add_plugin(fedprox ../fedprox.cpp TARGET 1.0)'
for wrong in 0.9 2.0 1.2; do
  if build for_this "graft_add_plugin(fedprox ../fedprox.cpp TARGET $wrong)" 2>/dev/null; then fail "TARGET $wrong is taken"; fi
done
build newer_key 'graft_add_plugin(paused ../paused.cpp)'
if build older_key 'graft_add_plugin(paused ../paused.cpp TARGET 1.0)'; then fail "a newer key is declared for an older host"; fi
grep -q "has no non-static data member named .paused" older_key.log || fail "it fails for another reason: $(cat older_key.log)"

if said=$(GRAFT_PLUGIN_PATH=for_newer/build graft run smoke.toml --out refused 2>&1); then fail "the newer plugin ran"; fi
[[ $said == *"is built for hosts of SDK 1.1 and newer, this graft has 1.0; update graft, or build the plugin with GRAFT_TARGET=100"* ]] ||
  fail "refused with other words: $said"
[[ ! -e refused ]] || fail "a refused run left a folder"
build for_this 'graft_add_plugin(fedprox ../fedprox.cpp TARGET 1.0)'
GRAFT_PLUGIN_PATH=for_this/build graft run smoke.toml --quiet --out ran  # a key that this host does not know would be refused
graft plugins for_this/build/fedprox.so | grep -q 'SDK 1.1' || fail "the SDK that built it is not said"
echo "refused as built for 1.1, runs as built for 1.0"
