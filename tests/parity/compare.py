#!/usr/bin/env python3
"""Compares two folders of exported tensors, name by name and both ways, and the clients' scores where they are given."""
import argparse
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file


def difference(expected, actual):
    """The largest absolute difference; infinite where the shapes differ or a number is none. One number may be [] or [1]."""
    if expected.shape != actual.shape and not expected.numel() == actual.numel() == 1:
        return float("inf")
    gap = (expected.double().flatten() - actual.double().flatten()).abs()
    return float(torch.nan_to_num(gap, nan=float("inf")).max()) if gap.numel() else 0.0


def compare_folders(expected, actual, tolerance):
    """Returns {file: largest difference} and a list of what is wrong. A file that is not there holds no tensors."""
    names = sorted({path.name for folder in (expected, actual) for path in folder.glob("*.safetensors")})
    largest, wrong = {}, []
    for name in names:
        left, right = (load_file(folder / name) if (folder / name).exists() else {} for folder in (expected, actual))
        wrong += [f"{name}: {tensor} is missing" for tensor in sorted(left.keys() - right.keys())]
        wrong += [f"{name}: {tensor} is not expected" for tensor in sorted(right.keys() - left.keys())]
        gaps = {tensor: difference(left[tensor], right[tensor]) for tensor in sorted(left.keys() & right.keys())}
        wrong += [f"{name}: {tensor} {tuple(left[tensor].shape)} and {tuple(right[tensor].shape)} differ by {gap:.3g}"
                  for tensor, gap in gaps.items() if not gap <= tolerance]
        largest[name] = max(gaps.values(), default=0.0)
    if not any((expected / name).exists() for name in names) or not any((actual / name).exists() for name in names):
        wrong.append("one of the folders has no tensors")
    return largest, wrong


def compare_scores(expected, summary, tolerance):
    """Returns the largest difference of a client's accuracy or loss, and a list of what is wrong."""
    left, right = ({client["id"]: client for client in json.loads(path.read_text())["clients"]} for path in (expected, summary))
    wrong = [] if left.keys() == right.keys() else [f"scores: clients {sorted(left)} and {sorted(right)}"]
    largest = 0.0
    for client in sorted(left.keys() & right.keys()):
        for key in ("train_samples", "test_samples", "accuracy", "loss"):
            gap = abs(left[client][key] - right[client][key])
            if not gap <= tolerance:
                wrong.append(f"scores: client {client}: {key} {left[client][key]} and {right[client][key]}")
            largest = max(largest, gap)
    return largest, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("expected", type=pathlib.Path)
    parser.add_argument("actual", type=pathlib.Path)
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--scores", type=pathlib.Path, metavar="SUMMARY", help="a run's summary.json, for EXPECTED/scores.json")
    given = parser.parse_args()
    largest, wrong = compare_folders(given.expected, given.actual, given.tolerance)
    for name, gap in largest.items():
        print(f"{name:28} {gap:.3g}")
    if given.scores:
        gap, more = compare_scores(given.expected / "scores.json", given.scores, given.tolerance)
        print(f"{'scores':28} {gap:.3g}")
        wrong += more
    print("\n".join(wrong) if wrong else "equal")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
