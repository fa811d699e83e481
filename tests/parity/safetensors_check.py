"""X.written.safetensors, as Graft wrote it, against X.safetensors, as Python's package wrote it: the same names, types, shapes, bits.

python safetensors_check.py DIR
"""
import pathlib
import sys

import torch
from safetensors.torch import load_file


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)


def main():
    written = sorted(pathlib.Path(sys.argv[1]).glob("*.written.safetensors"))
    if not written:
        sys.exit("nothing was written")
    for path in written:
        found, expected = load_file(path), load_file(str(path).replace(".written", ""))
        wrong = [name for name in sorted(found.keys() | expected.keys())
                 if name not in found or name not in expected or not same(found[name], expected[name])]
        if wrong:
            sys.exit(f"{path}: differs in {', '.join(wrong)}")
        print(f"{path.name}: {len(found)} tensors, equal")


if __name__ == "__main__":
    main()
