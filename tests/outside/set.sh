#!/usr/bin/env bash
# graft_test_plugin(… SET KEY=VALUE): the check gets the option that a plugin needs: set.sh PREFIX SOURCES WORK
set -euo pipefail
prefix=$1 sources=$2 work=$3/set
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
tested() {  # WITH
  rm -rf "$work" && cmake -S "$here/set_project" -B "$work" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DSOURCES="$sources" -DWITH="$1" &&
    ninja -C "$work" && ctest --test-dir "$work" --output-on-failure
} >"$work.log" 2>&1
tested rank=4 || { cat "$work.log"; exit 1; }
if tested rank=0; then echo "set.sh: an option out of its range is taken"; exit 1; fi
grep -q "'rank' of 'must_be_set' is 0, expected an integer from 1" "$work.log" || { cat "$work.log"; exit 1; }
