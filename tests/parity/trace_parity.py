#!/usr/bin/env python3
"""Makes every case of trace_cases.py with the reference, replays it with the graft program, and compares tensors and scores."""
import argparse
import pathlib
import subprocess
import sys

from compare import compare_folders, compare_scores
from trace_cases import CASES
from trace_reference import arguments, make_case

# In double a wrong epsilon shows, too. AdamW divides by the size of a gradient, and a key's bias has none but rounding's: there
# a change in the last place grows to 1e-9.
TOLERANCE = {("float64", "sgd"): 1e-11, ("float64", "adamw"): 1e-7, ("float32", "sgd"): 1e-5}


def graft(program, *given):
    done = subprocess.run([program, *map(str, given)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"graft {given[0]} left with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")


def replay(program, case, lanes, tolerance):
    """Returns the largest differences of the tensors and of the scores, and what is wrong."""
    run, out = case / f"run-{lanes}", case / f"export-{lanes}"
    graft(program, "run", case / "manifest.toml", "--out", run, "--quiet", "--set", f"lanes={lanes}")
    graft(program, "export", run, "--out", out)
    tensors, wrong = compare_folders(case / "expected", out, tolerance)
    scores, more = compare_scores(case / "expected" / "scores.json", run / "summary.json", tolerance)
    return max(tensors.values(), default=0.0), scores, wrong + more


def print_largest(largest):
    """Of each strategy and arithmetic, over its cases: {(strategy, arithmetic): (cases, difference)}."""
    columns = sorted({arithmetic for _, arithmetic in largest})
    print(f"\n{'largest of tensors':20}" + "".join(f"{column:>18}" for column in columns))
    for strategy in sorted({strategy for strategy, _ in largest}):
        cells = [largest.get((strategy, column)) for column in columns]
        print(f"{strategy:20}" + "".join(f"{f'{cell[1]:.2g} of {cell[0]}' if cell else '':>18}" for cell in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the built graft")
    parser.add_argument("folder", type=pathlib.Path, help="for cases and runs; not there yet, or empty")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="each makes all cases anew")
    parser.add_argument("--lanes", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--case", nargs="+", choices=CASES, default=list(CASES), metavar="NAME", help="some of the cases only")
    parser.add_argument("--tolerance", type=float, help="default: 1e-5 in fp32, 1e-11 in fp64, 1e-7 there with adamw")
    given = parser.parse_args()
    passed = failed = 0
    largest = {}
    print(f"{'case':24} {'seed':>5} {'lanes':>5} {'tensors':>9} {'scores':>9}")
    for seed in given.seed:
        for name in given.case:
            case = given.folder.resolve() / f"{name}-{seed}"
            settings = arguments([*CASES[name].split(), "--seed", str(seed), "--out", str(case)])
            make_case(settings)
            tolerance = TOLERANCE[settings.dtype, settings.optimizer]
            for lanes in given.lanes:
                tensors = scores = float("nan")
                try:
                    tensors, scores, wrong = replay(given.program, case, lanes, given.tolerance or tolerance)
                except (OSError, RuntimeError, KeyError, ValueError) as error:
                    wrong = [str(error)]
                print(f"{name:24} {seed:5} {lanes:5} {tensors:9.2g} {scores:9.2g} {'FAILED' if wrong else ''}".rstrip(), flush=True)
                for line in wrong[:5]:
                    print("    " + line.replace("\n", "\n    "))
                if len(wrong) > 5:
                    print(f"    and {len(wrong) - 5} more")
                key = settings.strategy, f"{settings.dtype} {settings.optimizer}"
                cases, before = largest.get(key, (0, 0.0))
                largest[key] = cases + 1, max(before, tensors)
                passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
    print_largest(largest)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
