#!/bin/sh
# Sources against Pillow and NumPy. 77 (skipped) where Python lacks them. With real images too where GRAFT_TEST_DATA has pacs.
#   resize.sh PYTHON PROGRAM DIR [arguments of resize_parity.py]
python=$1 program=$2 folder=$3
shift 3
here=$(dirname "$0")
command -v "$python" > /dev/null || { echo "skipped: no '$python'"; exit 77; }
why=$("$python" -c 'import importlib.util as u, sys
missing = [m for m in ("PIL", "numpy") if u.find_spec(m) is None]
sys.exit("skipped: this Python lacks " + ", ".join(missing) if missing else 0)' 2>&1) || { echo "$why"; exit 77; }
rm -rf "$folder"
[ -d "$GRAFT_TEST_DATA/pacs" ] && set -- --images "$GRAFT_TEST_DATA/pacs" "$@"
"$python" "$here/resize_parity.py" "$program" "$folder" "$@"
