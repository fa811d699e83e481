#!/usr/bin/env bash
# find_package(Graft) from a project in C alone, installed and from the sources; which versions it answers to.
# find_package.sh PREFIX SOURCES WORK
set -euo pipefail
prefix=$1 sources=$2 work=$3/find_package
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
configure() { rm -rf "$work" && cmake -S "$here/c_project" -B "$work" -G Ninja "$@" >"$work.log" 2>&1; }
build() { ninja -C "$work" >>"$work.log" 2>&1 && nm -D --defined-only "$work/plain.so" | grep graft_plugin_1_table_1 >/dev/null; }
fail() { echo "find_package.sh: $*"; cat "$work.log"; exit 1; }

configure -DCMAKE_PREFIX_PATH="$prefix" && build || fail "not by CMAKE_PREFIX_PATH"
grep -q "program: $prefix/bin/graft" "$work.log" || fail "not the program beside"
PATH=$prefix/bin:$PATH configure && build || fail "not by PATH"
configure -DGraft_DIR="$sources/sdk/cmake" && build || fail "not from the sources"
configure -DGraft_DIR="$sources/sdk/cmake" -DGRAFT_PROGRAM="$prefix/bin/graft" || fail "not with a program given"
grep -q "program: $prefix/bin/graft" "$work.log" || fail "not the program that was given"
if configure -DGraft_DIR="$sources/sdk/cmake" -DGRAFT_PROGRAM=/nowhere/graft; then fail "a program that is not there is taken"; fi
for version in 0.1 0.1.0 0.1...0.3; do configure -DCMAKE_PREFIX_PATH="$prefix" -DWANTED=$version || fail "$version is refused"; done
for version in 0.0 0.2 1.0 0.1.99 0.2...0.3; do
  if configure -DCMAKE_PREFIX_PATH="$prefix" -DWANTED=$version; then fail "$version is taken"; fi
done
