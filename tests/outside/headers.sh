#!/usr/bin/env bash
# Every header of the SDK, each by itself, with one compiler, as C++20 and where it is C as C11: headers.sh COMPILER INCLUDE
set -euo pipefail
compiler=$1 include=$2
command -v "$compiler" >/dev/null || { echo "skipped: there is no $compiler here"; exit 77; }
flags=(-fsyntax-only -Wall -Wextra -Wpedantic -Werror -I "$include")
c=${compiler/#g++/gcc}
c=${c/clang++/clang}
count=0 bad=0
try() {  # HEADER COMMAND…
  count=$((count + 1))
  for target in "" -DGRAFT_TARGET=100; do  # for hosts as new as this SDK, and for the oldest
    printf '#include <graft/%s>\nextern int used;\n' "$1" | "${@:2}" "${flags[@]}" ${target:+"$target"} - && continue
    echo "headers.sh: $1: not with ${*:2} $target"
    bad=1
  done
}
for file in "$include"/graft/*.h "$include"/graft/*.hpp; do
  header=${file##*/}
  case $header in native*) continue ;; esac  # these are for LibTorch's headers
  try "$header" "$compiler" -x c++ -std=c++20
  case $header in *.h) try "$header" "$c" -x c -std=c11 ;; esac
done
echo "$compiler: $count times"
exit $bad
