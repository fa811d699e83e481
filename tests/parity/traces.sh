#!/bin/sh
# The traces of every strategy against the reference, after the reference's own tests. 77 (skipped) where Python lacks torch, timm or
# safetensors.   traces.sh PYTHON GRAFT DIR [arguments of trace_parity.py]
python=$1 program=$2 folder=$3
shift 3
here=$(dirname "$0")
command -v "$python" > /dev/null || { echo "skipped: no '$python'"; exit 77; }
why=$("$python" -c 'import importlib.util as u, sys
missing = [m for m in ("torch", "timm", "safetensors", "numpy") if u.find_spec(m) is None]
sys.exit("skipped: this Python lacks " + ", ".join(missing) if missing else 0)' 2>&1) || { echo "$why"; exit 77; }
rm -rf "$folder"
"$python" "$here/trace_reference_test.py" && "$python" "$here/trace_parity.py" "$program" "$folder" "$@"
