#!/bin/sh
# The modules' parity cases: Python makes the numbers, Graft recomputes them. 77 (skipped) where Python lacks torch, timm or
# safetensors.
#   modules_case.sh PYTHON PROGRAM DIR
python=$1 program=$2 folder=$3
here=$(dirname "$0")
command -v "$python" > /dev/null || { echo "skipped: no '$python'"; exit 77; }
"$python" "$here/modules_reference.py" --out "$folder" && "$program" "$folder"
