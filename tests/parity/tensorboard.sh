#!/bin/sh
# Event files against TensorBoard's own reader. 77 (skipped) where Python lacks it.
#   tensorboard.sh PYTHON GRAFT FOLDER
python=$1 graft=$2 folder=$3
here=$(dirname "$0")
command -v "$python" > /dev/null || { echo "skipped: no '$python'"; exit 77; }
"$python" -c 'import importlib.util as u, sys; sys.exit(u.find_spec("tensorboard") is None)' 2> /dev/null ||
  { echo "skipped: this Python lacks tensorboard"; exit 77; }
"$python" "$here/tensorboard_parity.py" "$graft" "$folder"
