#!/usr/bin/env bash
# Removes an install by its lists, back where it was made; nothing of it may stay: uninstall.sh CMAKE SCRIPT WORK
set -euo pipefail
cmake=$1 script=$2 work=$3
mv "$work/moved" "$work/made"
touch "$work/made/bin/somebody-elses"
"$cmake" -DBUILD="$work" -P "$script"
left=$(cd "$work/made" && find . ! -type d -o -ipath '*/graft*')
[[ $left == ./bin/somebody-elses ]] || { echo "uninstall.sh: this stayed: $left"; exit 1; }
if "$cmake" -DBUILD="$work" -P "$script" 2>/dev/null; then echo "uninstall.sh: nothing to remove, and no word of it"; exit 1; fi
rm -rf "$work"
