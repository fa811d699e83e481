#!/usr/bin/env bash
# A plugin from a template, with the installed tree alone: made, built, checked, tested, run; the smaller ones added and removed too,
# from a file and from an archive. template.sh PREFIX KIND LEVEL WORK
set -euo pipefail
prefix=$1 kind=$2 level=$3 work=$4/$2-$3
name=own-$kind folder=$work/own
rm -rf "$work"
mkdir -p "$work"
export PATH=$prefix/bin:$PATH XDG_DATA_HOME=$work/data OMP_NUM_THREADS=1
unset GRAFT_PLUGIN_PATH GRAFT_LAUNCHER
umask 022
fail() { echo "template.sh: $*"; exit 1; }
started=$SECONDS

graft new "$kind" "$name" --level "$level" --out "$folder"
if grep -rqi 'plugin_\?name' "$folder"; then fail "a name was not filled in: $(grep -rli 'plugin_\?name' "$folder")"; fi
cd "$folder"
cmake --workflow --preset default 2>&1 | tee log
if grep -q 'warning:' log; then fail "the build warns"; fi
if grep -q '\*\*\*Skipped' log; then fail "a test was skipped"; fi
grep -q "$name: check" log || fail "no check was run"

add_run_remove() {  # FILE
  graft plugins add "$1"
  graft run smoke.toml --set rounds=1 --out run --quiet
  grep -q "\"$name\": \"0.1.0\"" run/summary.json || fail "summary.json does not name the plugin"
  graft plugins remove "$name"
  if graft plugins "$name" 2>/dev/null; then fail "the plugin is still there"; fi
}
archive=build/$name-0.1.0-Linux-x86_64.tar.gz
if [[ $level != minimal ]]; then (cd build && cpack >/dev/null); fi
case $level in
  minimal) add_run_remove "build/$name.so" ;;
  recommended) add_run_remove "$archive" ;;
  full) tar tzf "$archive" | grep "/$name.so" >/dev/null || fail "the archive lacks the plugin" ;;
esac
if [[ $level == minimal ]]; then  # by PATH alone, as on another machine
  rm here.cmake
  cmake -S . -B elsewhere -G Ninja >/dev/null
  ninja -C elsewhere "$name" >/dev/null
fi
echo "$kind, $level: $((SECONDS - started)) s in all"
