#!/bin/sh
# One parity case: Python makes the numbers, Graft recomputes them, Python reads what Graft wrote. 77 (skipped) where Python lacks
# torch, timm or safetensors.   vit_case.sh PYTHON PROGRAM DIR [arguments of vit_reference.py]
python=$1 program=$2 folder=$3
shift 3
here=$(dirname "$0")
command -v "$python" > /dev/null || { echo "skipped: no '$python'"; exit 77; }
"$python" "$here/vit_reference.py" --out "$folder" "$@" && "$program" "$folder" && "$python" "$here/safetensors_check.py" "$folder"
