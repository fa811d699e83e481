"""What the reference's own tests share: federations before and after their rounds, and comparisons of tensors."""
import unittest

from trace_reference import arguments, prepare

SLIDE = ["--momentum", "0.9", "--weight-decay", "0.1", "--lr", "0.02"]
UNOWNED = ["--option", "personal=[]"]


def run(strategy, *given):
    federation, _, initial = prepare(arguments(["--strategy", strategy, "--out", "unused", *given]))
    federation.scores = federation.run()
    federation.initial = initial
    return federation


def options(**given):
    return [word for key, value in given.items() for word in ("--option", f"{key}={value}")]


def ready(strategy, *given):
    """Before the first round."""
    return prepare(arguments(["--strategy", strategy, "--out", "unused", *given]))[0]


def smallest(federation):
    """The client whose turn is one batch."""
    return min(federation.clients, key=lambda client: len(client.train))


def one_turn(federation, client):
    federation.receive(client)
    client.steps = 0
    federation.strategy.turn(client)


class Comparing(unittest.TestCase):
    def equal(self, left, right, names=None, tolerance=0.0):
        for name in names or left:
            self.assertLessEqual(float((left[name] - right[name]).abs().max()), tolerance, name)

    def differ(self, left, right, name):
        self.assertGreater(float((left[name] - right[name]).abs().max()), 1e-6, name)
