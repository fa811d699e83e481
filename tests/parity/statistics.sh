#!/bin/sh
# Statistics against SciPy. 77 (skipped) where Python lacks it.
#   statistics.sh PYTHON PROGRAM
python=$1 program=$2
here=$(dirname "$0")
command -v "$python" > /dev/null || { echo "skipped: no '$python'"; exit 77; }
why=$("$python" -c 'import importlib.util as u, sys
missing = [m for m in ("scipy", "numpy") if u.find_spec(m) is None]
sys.exit("skipped: this Python lacks " + ", ".join(missing) if missing else 0)' 2>&1) || { echo "$why"; exit 77; }
"$python" "$here/statistics_parity.py" "$program"
