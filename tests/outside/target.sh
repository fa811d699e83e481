#!/usr/bin/env bash
# A newer SDK, made here from the installed one by appending to what crosses: its plugins are refused by this host, unless they are
# built for it, and a plugin of today's loads where the host is the newer side. target.sh PREFIX SOURCES WORK
set -euo pipefail
prefix=$1 sources=$2 work=$3/target
export PATH=$prefix/bin:$PATH OMP_NUM_THREADS=1
fail() { echo "target.sh: $*"; exit 1; }
rm -rf "$work"
mkdir -p "$work/newer/include" "$work/newer/lib/cmake" "$work"/{for_newer,for_this}
cp -r "$prefix/include/graft" "$work/newer/include/"
cp -r "$prefix/lib/cmake/Graft" "$work/newer/lib/cmake/"
cd "$work"
sed -i -e 's/^#define GRAFT_SDK 100.*/#define GRAFT_SDK 101/' -e 's/"1.0"/"1.1"/' newer/include/graft/version.h
sed -i 's|^} graft_tensor_table;|#if GRAFT_TARGET >= 101\n  graft_unary erf; /* appended */\n#endif\n&|' newer/include/graft/tensor_table.h
grep -q erf newer/include/graft/tensor_table.h || fail "nothing was appended"
sed -n '/^\/\/ FedProx: /,/^GRAFT_STRATEGY/p' "$sources/sdk/README.md" >fedprox.cpp
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

if said=$(GRAFT_PLUGIN_PATH=for_newer/build graft run smoke.toml --out refused 2>&1); then fail "the newer plugin ran"; fi
[[ $said == *"is built for hosts of SDK 1.1 and newer, this graft has 1.0; update graft, or build the plugin with GRAFT_TARGET=100"* ]] ||
  fail "refused with other words: $said"
[[ ! -e refused ]] || fail "a refused run left a folder"
build for_this 'graft_add_plugin(fedprox ../fedprox.cpp TARGET 1.0)'
GRAFT_PLUGIN_PATH=for_this/build graft run smoke.toml --quiet --out ran
graft plugins for_this/build/fedprox.so | grep -q 'SDK 1.1' || fail "the SDK that built it is not said"
echo "refused as built for 1.1, runs as built for 1.0"
