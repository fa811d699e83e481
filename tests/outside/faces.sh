#!/usr/bin/env bash
# FedProx over the plain face, in C and, where cargo is, in Rust: checked, and the same bits as the guide's in C++.
# faces.sh PREFIX SOURCES WORK
set -euo pipefail
prefix=$1 sources=$2 work=$3/faces
export PATH=$prefix/bin:$PATH OMP_NUM_THREADS=1
rm -rf "$work"
mkdir -p "$work"
cd "$work"
# shellcheck disable=SC2054  # the linker's commas
flags=(-O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden -Wl,-z,defs -Wl,--version-script="$prefix/lib/cmake/Graft/exports.map" -I"$prefix/include")
sed -n '/^\/\/ FedProx: /,/^GRAFT_STRATEGY/p' "$sources/sdk/README.md" >fedprox.cpp
sed -n '/^rounds = 2/,/^```/p' "$sources/sdk/README.md" | sed '/^```/,$d' >smoke.toml
g++ -std=c++20 "${flags[@]}" fedprox.cpp -o fedprox.so
gcc -std=c11 -Wpedantic "${flags[@]}" "$sources/tests/outside/faces/c/fedprox_c.c" -o fedprox_c.so
twins=(fedprox_c)
if command -v cargo >/dev/null; then
  cargo build --quiet --offline --release --manifest-path "$sources/tests/outside/faces/rust/Cargo.toml" --target-dir rust
  cp rust/release/libfedprox_rust.so fedprox_rust.so
  twins+=(fedprox_rust)
else
  echo "skipped: no cargo for the one in Rust"
fi
export GRAFT_PLUGIN_PATH=$work
for id in fedprox "${twins[@]}"; do
  graft run smoke.toml --quiet --set "strategy={use='$id', mu=0.1}" --out "run-$id"
  graft export "run-$id" --out "models-$id" >/dev/null
done
for id in "${twins[@]}"; do
  cmp models-fedprox/shared.safetensors "models-$id/shared.safetensors"
  graft check "$id.so"
  echo "$id: the same bits as in C++"
done
