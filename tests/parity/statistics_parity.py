"""Intervals, tests and spreads of comparisons against SciPy and NumPy, to 1e-9.

  python statistics_parity.py PROGRAM [--print]

PROGRAM is statistics_parity, built from statistics_parity.cpp. --print: the numbers that tests/unit/report/statistics_test.cpp has.
"""
import argparse
import json
import subprocess
import sys

import numpy as np
from scipy import stats

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
BOOTSTRAP = 11  # Purpose::bootstrap


def graft(program, differences, samples, ps):
    lists = [list(map(float, one)) for one in differences]
    text = json.dumps({"differences": lists, "samples": [int(one) for one in samples], "ps": [float(one) for one in ps]})
    return json.loads(subprocess.run([program], input=text, check=True, capture_output=True, text=True).stdout)


def mixed(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Random:
    """core/base/random.hpp: splitmix64 over a hash of the key."""

    def __init__(self, seed, purpose, key):
        self.state = mixed((seed + GOLDEN) & MASK)
        for word in (purpose, *key, len(key)):
            self.state = mixed(((self.state ^ mixed((word + GOLDEN) & MASK)) + GOLDEN) & MASK)

    def below(self, bound):
        favoured = ((1 << 64) - bound) % bound
        while True:
            self.state = (self.state + GOLDEN) & MASK
            product = mixed(self.state) * bound
            if (product & MASK) >= favoured:
                return product >> 64


def resampled(differences, number):
    """The mean of one resample: seeds, then clients of each."""
    random = Random(0, BOOTSTRAP, (number,))
    means = []
    for _ in differences:
        of_seed = differences[random.below(len(differences)) if len(differences) > 1 else 0]
        means.append(np.mean([of_seed[random.below(len(of_seed))] for _ in of_seed]))
    return np.mean(means)


def wilcoxon(values):
    """SciPy's p of the same test: exact where no ranks are shared, over all signs where they are and that can be done; else NumPy's."""
    values = np.asarray(values, float)
    left = values[values != 0]
    if len(left) > 200:
        return stats.wilcoxon(values, zero_method="wilcox", method="asymptotic" if newer() else "approx").pvalue
    if len(np.unique(np.abs(left))) == len(left):
        return stats.wilcoxon(left, zero_method="wilcox", method="exact").pvalue
    if len(left) <= 14:
        return stats.wilcoxon(left, zero_method="wilcox", method=stats.PermutationMethod(n_resamples=np.inf)).pvalue
    return over_signs(left)


def over_signs(left):
    """p over all signs of shared ranks: the chances of each sum of doubled ranks, by convolution."""
    ranks = np.rint(2 * stats.rankdata(np.abs(left))).astype(int)
    chances = np.ones(1)
    for rank in ranks:
        one = np.zeros(rank + 1)
        one[[0, rank]] = 0.5
        chances = np.convolve(chances, one)
    at = ranks[left > 0].sum()
    return min(1.0, 2 * min(chances[: at + 1].sum(), chances[at:].sum()))


def holm(ps):
    """By its definition: each p by how many are left, and none below the one before it."""
    corrected, largest = [0.0] * len(ps), 0.0
    for rank, i in enumerate(np.argsort(ps, kind="stable")):
        largest = max(largest, min(1.0, ps[i] * (len(ps) - rank)))
        corrected[i] = largest
    return corrected


def newer():
    return tuple(map(int, __import__("scipy").__version__.split(".")[:2])) >= (1, 15)


def inputs():
    """Differences of accuracies: smooth ones, coarse ones with ties and zeros, few and many, one seed and several."""
    rng = np.random.default_rng(5)
    yield "smooth, 64", [rng.normal(0.5, 2, 64)]
    yield "smooth, 3 x 64", [rng.normal(shift, 2, 64) for shift in (0.2, 0.9, -0.1)]
    yield "far from 0", [rng.normal(9, 1, 100)]
    yield "skewed, 199", [rng.exponential(1, 199) - 0.9]
    yield "many, 201", [rng.normal(0.1, 1, 201)]
    yield "coarse, 12", [rng.integers(-3, 5, 12) / 4]
    yield "coarse, 2 x 7", [rng.integers(-2, 4, 7) / 2, rng.integers(-2, 4, 7) / 2]
    yield "coarse, 24", [rng.integers(-3, 5, 24) / 8]
    yield "coarse, 3 x 50", [rng.integers(-4, 6, 50) / 20 for _ in range(3)]
    yield "coarse, 300", [rng.integers(-3, 5, 300) / 4]
    yield "sizes 3, 5, 20", [rng.normal(1, 1, size) for size in (3, 5, 20)]
    yield "two", [[1.5, -0.5]]


def check(name, ours, theirs, limit=1e-9):
    error = abs(ours - theirs)
    print(f"  {name:10} {ours:.12g}  {theirs:.12g}  {error:.1e}{'' if error <= limit else '  FAILS'}")
    return error <= limit


def compare(program, name, differences):
    print(name)
    pooled, first = np.concatenate([np.asarray(one, float) for one in differences]), np.asarray(differences[0], float)
    samples, ps = np.arange(len(first)) % 7 + 1, np.abs(np.sin(np.arange(1, len(pooled) + 1))) / 5
    ours = graft(program, differences, samples, ps)
    good = check("mean", ours["mean"], np.mean([np.mean(one) for one in differences]))
    good &= check("resample", *max(zip(ours["means"][:20], [resampled(differences, i) for i in range(20)]),
                                   key=lambda pair: abs(pair[0] - pair[1])))
    for side, part in (("low", 0.025), ("high", 0.975)):
        good &= check(side, ours[side], np.quantile(ours["means"], part))
    if len(differences) == 1 and len(first) > 2:
        scipy = stats.bootstrap((first,), np.mean, n_resamples=10000, method="percentile", random_state=1).confidence_interval
        width = scipy.high - scipy.low  # two draws of 10,000: to 5 % of the width
        good &= check("low~", ours["low"], scipy.low, 0.05 * width) & check("high~", ours["high"], scipy.high, 0.05 * width)
    good &= check("p", ours["p"], wilcoxon(pooled))
    good &= check("holm", *max(zip(ours["holm"], holm(ps)), key=lambda pair: abs(pair[0] - pair[1])))
    good &= check("weighted", ours["weighted"], np.average(first, weights=samples))
    ranked = np.sort(first)
    for figure, part in (("worst_10", 10), ("worst_25", 25)):
        good &= check(figure, ours[figure], ranked[: -(-part * len(ranked) // 100)].mean())
    good &= check("jain", ours["jain"], first.sum() ** 2 / (len(first) * (first**2).sum()))
    return good & check("std", ours["std"], first.std())


def fixed():
    """The inputs of the unit test, and what SciPy makes of them."""
    values = [0.1 * ((i * 37) % 64) - 2.13 for i in range(64)]
    print("exact p, 64:", float(stats.wilcoxon(values, method="exact").pvalue))
    values = [0.01 * ((i * 37) % 256) - 1.2 for i in range(256)]
    print("normal p, 256:", float(wilcoxon(values)))
    coarse = [((i * 5) % 9 - 3) / 4 for i in range(12)]
    print("coarse p, 12:", float(wilcoxon(coarse)))
    means = [resampled([[1.0, 5.0, 2.0, 8.0], [3.0, 4.0]], i) for i in range(4)]
    print("resamples:", [float(one) for one in means])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--print", action="store_true")
    arguments = parser.parse_args()
    if arguments.print:
        return fixed()
    failed = [name for name, differences in inputs() if not compare(arguments.program, name, differences)]
    print(f"{len(failed)} failed: {', '.join(failed)}" if failed else "all equal")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
