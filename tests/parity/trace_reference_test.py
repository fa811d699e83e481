#!/usr/bin/env python3
"""The judge judged: identities that the reference must keep, and differences that compare.py must find."""
import pathlib
import tempfile
import unittest

import torch
from safetensors.torch import save_file
from torch.func import functional_call

import trace_model
from compare import compare_folders
from trace_reference import arguments, prepare
from trace_relatives_test import Aggregation, Gossip, Relatives  # noqa: F401: they run with these
from trace_strategies_test import Partial, Variants  # noqa: F401
from trace_testing import Comparing, run


class Reference(Comparing):
    def test_fedavg_of_one_client_is_plain_sgd(self):
        federation, data, initial = prepare(arguments("--strategy fedavg --out unused --clients 1 --epochs 2 --seed 3".split()))
        federation.run()
        model = federation.trainer.model.double()
        model.load_state_dict(initial)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        samples = data.samples(0, "train", torch.float64)
        for _ in range(3 * 2):
            for images, labels in zip(samples.images.split(8), samples.labels.split(8)):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(model(images), labels).backward()
                optimizer.step()
        self.equal(federation.shared, model.state_dict(), tolerance=1e-13)

    def test_local_of_one_client_is_fedavg(self):
        for extra, tolerance in (["--momentum", "0.9", "--epochs", "2"], 1e-13), (["--optimizer", "adamw", "--lr", "0.003"], 1e-8):
            alone = run("local", "--clients", "1", *extra)
            self.equal(run("fedavg", "--clients", "1", *extra).shared, alone.clients[0].model, tolerance=tolerance)
            self.assertEqual(alone.shared, {})

    def test_mean_is_weighted_by_training_samples(self):
        federation = run("local", "--rounds", "1")
        shared = run("fedavg", "--rounds", "1").shared
        sizes = [len(client.train) for client in federation.clients]
        mean = {name: sum(n * c.model[name] for n, c in zip(sizes, federation.clients)) / sum(sizes) for name in shared}
        self.equal(shared, mean, tolerance=1e-14)

    def test_a_client_without_a_step_stays_out_of_the_mean(self):
        federation = run("fedavg", "--drop-last", "--rounds", "1")
        alone = run("local", "--drop-last", "--rounds", "1")
        stay = [c for c in alone.clients if len(c.train) >= 8]
        self.assertEqual(len(stay), 3)
        total = sum(len(c.train) for c in stay)
        mean = {name: sum(len(c.train) / total * c.model[name] for c in stay) for name in federation.shared}
        self.equal(federation.shared, mean, tolerance=1e-14)

    def test_apfl_leaves_fedavg_alone_and_has_both_ends(self):
        fedavg = run("fedavg", "--momentum", "0.9")
        for alpha, adaptive in ((0.25, "true"), (0.0, "false"), (1.0, "false")):
            federation = run("apfl", "--momentum", "0.9", "--option", f"alpha={alpha}", "--option", f"adaptive={adaptive}")
            self.equal(federation.shared, fedavg.shared)
            if alpha == 0:
                self.assertEqual(federation.scores, fedavg.scores)
            if alpha == 1:
                for client, alone in zip(federation.clients, run("local", "--momentum", "0.9").clients):
                    self.equal(client.kept["twin"], alone.model, tolerance=1e-13)
            if adaptive == "true":
                self.assertTrue(all(client.kept["alpha"] != alpha for client in federation.clients))

    def test_apfl_alpha_follows_the_slope_of_the_loss(self):
        federation, _, _ = prepare(arguments("--strategy apfl --out unused --batch 16 --patch 16".split()))
        trainer, client = federation.trainer, min(federation.clients, key=lambda one: len(one.train))
        client.kept["twin"] = {name: value + 0.01 for name, value in client.kept["twin"].items()}
        v = {name: value.clone() for name, value in client.kept["twin"].items()}
        federation.strategy.turn(client)  # one batch
        self.assertEqual(client.steps, 1)

        def loss(alpha):
            return float(trainer.loss({n: alpha * v[n] + (1 - alpha) * client.model[n] for n in v}, client.train))
        slope = (loss(0.25 + 1e-5) - loss(0.25 - 1e-5)) / 2e-5
        self.assertGreater(abs(slope), 1e-4)
        self.assertAlmostEqual(float(client.kept["alpha"]), 0.25 - 0.05 * slope, delta=1e-9)

    def test_fedbabu_never_changes_the_head_and_tunes_a_copy(self):
        rough = ["--momentum", "0.9", "--weight-decay", "0.1"]
        federation = run("fedbabu", *rough)
        self.equal(federation.initial, federation.shared, ["head.weight", "head.bias"])
        untuned = run("fedbabu", *rough, "--option", "tune_steps=0")
        frozen = run("fedavg", *rough, "--freeze", "head")
        self.equal(federation.shared, frozen.shared)
        self.assertEqual(untuned.scores, frozen.scores)
        self.assertNotEqual(federation.scores, untuned.scores)

    def test_fedrep_without_head_epochs_trains_as_fedbabu(self):
        federation = run("fedrep", "--option", "head_epochs=0")
        babu = run("fedbabu")
        self.equal(federation.shared, babu.shared)
        self.assertEqual(federation.travels, babu.travels)

    def test_fedrep_without_body_epochs_leaves_the_body(self):
        federation = run("fedrep", "--option", "body_epochs=0", "--momentum", "0.9", "--weight-decay", "0.1")
        self.equal(federation.initial, federation.shared, list(federation.shared), tolerance=1e-15)
        self.differ(federation.initial, federation.clients[0].model, "head.weight")

    def test_fedperfix_at_scale_0_is_joint_fedrep(self):
        joint = run("fedrep", "--option", "schedule=joint", "--momentum", "0.5")
        federation = run("fedperfix", "--module-option", "scale=0.0", "--module-option", "bottleneck=8", "--momentum", "0.5")
        self.assertEqual(joint.shared.keys(), federation.shared.keys())
        self.equal(joint.shared, federation.shared, tolerance=1e-13)
        for left, right in zip(joint.clients, federation.clients):
            self.equal(left.model, right.model, ["head.weight"], tolerance=1e-13)

    def test_perfedavg_without_inner_step_is_fedavg_on_the_second_halves(self):
        federation = run("perfedavg", "--clients", "1", "--option", "alpha=0.0", "--rounds", "1", "--seed", "2")
        trainer, client = federation.trainer, federation.clients[0]
        values = {name: value.clone() for name, value in federation.initial.items()}
        halves = [half for half in (client.train[8:16], client.train[24:32]) if len(half)]
        self.assertGreater(len(halves), 0)
        self.assertEqual(client.steps, len(halves))
        for half in halves:
            g = trainer.gradient(values, list(values), half)
            values = {name: value - 0.05 * g[name] for name, value in values.items()}
        self.equal(federation.shared, values, tolerance=1e-14)

    def test_frozen_tensors_stay(self):
        federation = run("fedavg", "--freeze", "blocks.0", "--freeze", "norm", "--weight-decay", "0.1")
        still = [n for n in federation.initial if n.startswith("blocks.0.") or ".norm" in n or n.startswith("norm.")]
        self.equal(federation.initial, federation.shared, still)
        self.differ(federation.initial, federation.shared, "blocks.1.attn.qkv.weight")

    def test_server_momentum_is_pytorchs(self):
        federation = run("fedavg", "--clients", "2", "--rounds", "2", "--server-lr", "0.5", "--server-momentum", "0.9")
        first = run("fedavg", "--clients", "2", "--rounds", "1", "--server-lr", "0.5").shared
        again, _, _ = prepare(arguments("--strategy fedavg --out unused --clients 2 --rounds 1".split()))
        again.shared = {name: value.clone() for name, value in first.items()}
        again.run()
        for name, begin in federation.initial.items():
            buffer = 0.9 * (begin - first[name]) / 0.5 + (first[name] - again.shared[name])
            self.assertLess(float((first[name] - 0.5 * buffer - federation.shared[name]).abs().max()), 1e-13)


class Model(unittest.TestCase):
    def test_a_prefix_of_zero_is_timms_attention(self):
        plain = trace_model.build(8, 24, 2, 3, 10)
        prefixed = trace_model.build(8, 24, 2, 3, 10, {"bottleneck": 4, "scale": 1.5, "last_blocks": 1})
        values = trace_model.initial_values(prefixed, 1, torch.float64)
        self.assertEqual([n for n in values if "prefix" in n],
                         [f"blocks.1.prefix.{n}" for n in ("down.weight", "down.bias", "up.weight", "up.bias")])
        images = torch.randn(3, 3, 32, 32, dtype=torch.float64)
        want = functional_call(plain, {n: v for n, v in values.items() if "prefix" not in n}, (images,))
        some = functional_call(prefixed, values, (images,))
        values.update({n: torch.zeros_like(v) for n, v in values.items() if "prefix.up" in n})
        none = functional_call(prefixed, values, (images,))
        self.assertLess(float((none - want).detach().abs().max()), 1e-13)
        self.assertGreater(float((some - want).detach().abs().max()), 1e-3)

    def test_selectors(self):
        names = list(trace_model.initial_values(trace_model.build(8, 24, 2, 3, 10), 0, torch.float64))
        self.assertEqual(trace_model.selected(names, "head", 2), {"head.weight", "head.bias"})
        self.assertEqual(len(trace_model.selected(names, "norm", 2)), 10)
        self.assertEqual(trace_model.selected(names, "blocks.-1", 2), {n for n in names if n.startswith("blocks.1.")})
        self.assertEqual(len(trace_model.selected(names, "blocks.*.mlp.fc1.*", 2)), 4)


class Compare(unittest.TestCase):
    def wrong(self, left, right):
        with tempfile.TemporaryDirectory() as folder:
            sides = [pathlib.Path(folder) / side for side in ("left", "right")]
            for side, tensors in zip(sides, (left, right)):
                side.mkdir()
                save_file(tensors, side / "shared.safetensors")
            return compare_folders(*sides, 1e-5)[1]

    def test_finds_what_differs(self):
        ones = torch.ones(2)
        self.assertEqual(self.wrong({"a": ones}, {"a": ones + 5e-6}), [])
        self.assertEqual(self.wrong({"a": ones[:1]}, {"a": ones[0].clone()}), [])
        more, none, shape = {"a": ones, "b": 2 * ones}, {"a": ones * float("nan")}, {"a": torch.ones(1, 2)}
        for other in ({"a": ones + 2e-5}, {"b": ones}, {}, more, none, shape):
            self.assertNotEqual(self.wrong({"a": ones}, other), [], other)


if __name__ == "__main__":
    unittest.main()
