#!/usr/bin/env bash
# Removes an install by its lists, back where it was made; nothing of it may stay: uninstall.sh SCRIPT WORK
set -euo pipefail
script=$1 work=$2
mv "$work/moved" "$work/ma[d]e"
touch "$work/ma[d]e/bin/somebody-elses"
"$script" "$work"
left=$(cd "$work/ma[d]e" && find . ! -type d -o -ipath '*/graft*')
[[ $left == ./bin/somebody-elses ]] || { echo "uninstall.sh: this stayed: $left"; exit 1; }
if "$script" "$work" 2>/dev/null; then echo "uninstall.sh: nothing to remove, and no word of it"; exit 1; fi
rm -rf "$work"
