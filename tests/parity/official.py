#!/usr/bin/env python3
"""Official code against the reference. What trace_*.py says of a method is read from papers and codes; here the codes themselves run,
from the folder of a checkout, on the model, weights, images and order of batches of a trace, and the tensors after the last round
are compared, in fp64, with everybody taking part. official_libraries.py and official_authors.py know how each repository is driven;
nothing of theirs is kept here. Where a code does something else a line says what, and by how much; it fails where a difference is
not one of these, or one of these is not there."""
import argparse
import pathlib
import sys
import warnings

import torch

import official_authors
import official_libraries
from timm_import import load_timm

TOLERANCE = 1e-11
SOURCES = {**official_libraries.SOURCES, **official_authors.SOURCES}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("code", choices=SOURCES)
    parser.add_argument("folder", type=pathlib.Path, help="a checkout of its repository")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # theirs are of older versions of PyTorch
    load_timm()  # before anything is lent that it would take for real
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    source, commit, drive = SOURCES[given.code]
    print(f"{source}, tried at {commit}; seed {given.seed}, largest difference of final tensors\n")
    counts = {"equal": 0, "differs": 0, "FAILED": 0}
    for case, file, difference, why in drive(given.folder.resolve(), given.seed):
        equal = difference <= TOLERANCE
        word = "FAILED" if equal == bool(why) else "equal" if equal else "differs"  # what is said to differ has to
        counts[word] += 1
        print(f"{difference:8.1e} {word:8} {case.strategy} {case.given}  [{file}]{f' because {why}' if why else ''}", flush=True)
    print("\n" + ", ".join(f"{count} {word}" for word, count in counts.items()))
    sys.exit(1 if counts["FAILED"] else 0)


if __name__ == "__main__":
    main()
