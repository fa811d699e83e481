"""Identities of the partly personal strategies, and of APFL's and Per-FedAvg's variants; trace_reference_test.py runs them, too."""
import math
import unittest

import torch

from trace_testing import SLIDE, UNOWNED, Comparing, one_turn, options, ready, run, smallest


class Partial(Comparing):
    def test_strategies_that_are_only_a_plan_are_fedsim_with_that_part(self):
        for strategy, part in (("fedper", '["head"]'), ("fedbn", '["norm"]'), ("attention", '["attn","head"]')):
            federation, same = run(strategy, *SLIDE), run("fedsim", *SLIDE, *options(personal=part))
            self.equal(federation.shared, same.shared)
            self.assertEqual(federation.scores, same.scores)
            self.assertEqual(federation.tensors(federation.clients[0]).keys(), same.tensors(same.clients[0]).keys())

    def test_nothing_personal_is_fedavg(self):
        for strategy in ("fedsim", "fedalt"):
            self.equal(run(strategy, *SLIDE, *UNOWNED).shared, run("fedavg", *SLIDE).shared)

    def test_fedalt_is_fedrep(self):
        federation, same = run("fedalt", *SLIDE), run("fedrep", *SLIDE)
        self.equal(federation.shared, same.shared)
        self.equal(federation.clients[1].model, same.clients[1].model)

    def test_the_penaltys_slope_is_twice_l2_times_the_way_to_its_centre(self):
        for strategy in ("fedsim", "fedalt"):
            for to in ("zero", "initial"):
                plain, pulled = (ready(strategy, *options(l2=l2, l2_to=to)) for l2 in (0.0, 0.3))
                for federation in (plain, pulled):
                    client = smallest(federation)
                    client.model["head.weight"] += 0.5
                    one_turn(federation, client)
                without, pulled = smallest(plain), smallest(pulled)
                way = without.initial["head.weight"] * (to == "zero") + 0.5
                want = without.model["head.weight"] - 0.05 * 2 * 0.3 * way
                self.equal({"head": want}, {"head": pulled.model["head.weight"]}, tolerance=1e-15)
                if strategy == "fedsim":
                    self.equal(without.model, pulled.model, [n for n in without.model if not n.startswith("head")])
                self.assertEqual((list(without.kept), list(pulled.kept)), ([], ["origin"] if to == "initial" else []))
                self.equal(pulled.kept.get("origin", {}), pulled.initial)

    def test_weights(self):
        weigh = {kind: ready("fedsim", *options(weighting=kind)) for kind in ("samples", "batches", "equal")}
        for i, client in enumerate(weigh["samples"].clients):
            sizes = [federation.strategy.weight(federation.clients[i]) for federation in weigh.values()]
            self.assertEqual(sizes, [len(client.train), math.ceil(len(client.train) / 8), 1])

    def test_a_stateless_part_begins_anew_and_stays_with_its_client(self):
        for strategy in ("fedsim", "fedalt"):
            again = run(strategy, *options(stateless="true"), "--rounds", "1")
            for client in again.clients:
                client.model["head.weight"].fill_(7)  # of no account
                one_turn(again, client)
            federation = run(strategy, *options(stateless="true"), "--rounds", "2")
            self.equal(again.clients[2].model, federation.clients[2].model, ["head.weight"])
            self.differ(federation.clients[2].initial, federation.clients[2].model, "head.weight")

    def test_final_epochs_are_of_the_personal_part(self):
        before, after = run("fedalt"), run("fedalt", *options(final_epochs=2))
        self.equal(before.shared, after.shared)
        self.differ(before.clients[0].model, after.clients[0].model, "head.bias")
        client = before.clients[0]
        before.trainer.train(client, before.strategy.personal(), epochs=2)
        self.equal(client.model, after.clients[0].model)


class Variants(Comparing):
    def test_apfl_leaves_fedavg_alone_and_has_both_ends(self):
        fedavg, local = run("fedavg", "--momentum", "0.9"), run("local", "--momentum", "0.9")
        for variant in ("fedtorch_logit", "pfllib"):
            for alpha in (0.0, 0.25, 1.0):
                federation = run("apfl", "--momentum", "0.9", *options(variant=variant, alpha=alpha, adaptive="false"))
                self.equal(federation.shared, fedavg.shared)
                if alpha == 1:
                    for client, alone in zip(federation.clients, local.clients):
                        self.equal(client.kept["twin"], alone.model, tolerance=1e-13)
                    self.assertEqual([score for score, _ in federation.scores], [score for score, _ in local.scores])
        silent = run("apfl", "--momentum", "0.9", *options(variant="fedtorch_logit", alpha=0.0, adaptive="false"))
        self.equal(silent.clients[0].kept["twin"], silent.initial)
        for (hits, loss), (same, near) in zip(silent.scores, fedavg.scores):
            self.assertEqual(hits, same)
            self.assertAlmostEqual(loss, near, delta=1e-13)

    def test_pfllib_mixes_once_at_the_end_of_a_turn(self):
        federation = ready("apfl", *options(variant="pfllib", alpha=0.3, adaptive="false"), "--epochs", "2")
        client, alone = federation.clients[0], ready("local", "--epochs", "2").clients[0]
        client.kept["twin"] = {n: value + 0.01 for n, value in client.kept["twin"].items()}
        alone.model = {n: value + 0.01 for n, value in alone.model.items()}
        one_turn(federation, client)
        federation.trainer.train(alone, list(alone.model))
        mixed = {n: 0.3 * alone.model[n] + 0.7 * client.model[n] for n in client.model}
        self.equal(client.kept["twin"], mixed, tolerance=1e-15)

    def test_alpha_moves_by_the_surrogate(self):
        """The inner products as slopes of losses, by finite differences."""
        for variant in ("fedtorch_logit", "pfllib"):
            federation = ready("apfl", *options(variant=variant, alpha=0.4), "--patch", "16")
            trainer, client = federation.trainer, smallest(federation)
            client.kept["twin"] = {n: value + 0.01 for n, value in client.kept["twin"].items()}
            before = {n: value.clone() for n, value in client.model.items()}, {n: v.clone() for n, v in client.kept["twin"].items()}
            g_w, g_v = (trainer.gradient(values, list(values), client.train) for values in before)
            one_turn(federation, client)
            w, v = client.model, client.kept["twin"]
            if variant == "pfllib":  # the last thing that it did is to mix
                v = {n: before[1][n] - 0.05 * g_v[n] for n in v}
            far = {n: v[n] - w[n] for n in v}

            def loss(side, at):
                """Of the logits: v and w, either moved along v - w."""
                if variant == "pfllib":
                    return float(trainer.loss({n: before[side][n] + at * far[n] for n in far}, client.train))
                ends = [{n: one[n] + at * far[n] * (side == i) for n in far} for i, one in enumerate((w, before[1]))]
                logits = 0.6 * trainer.logits(ends[0], client.train) + 0.4 * trainer.logits(ends[1], client.train)
                return float(torch.nn.functional.cross_entropy(logits, client.train.labels))
            along_w, along_v = ((loss(side, 1e-5) - loss(side, -1e-5)) / 2e-5 for side in (0, 1))
            self.assertGreater(min(abs(along_w), abs(along_v)), 1e-4)
            want = 0.4 - 0.05 * (0.4 * along_v + 0.6 * along_w + 0.02 * 0.4)
            self.assertAlmostEqual(float(client.kept["alpha"]), want, delta=1e-9)

    def test_alpha_moves_in_the_first_batch_with_logits_and_in_every_one_with_pfllib(self):
        for variant, same in (("fedtorch_logit", True), ("pfllib", False)):
            whole, short = (ready("apfl", *options(variant=variant), "--epochs", epochs) for epochs in ("2", "1"))
            short.clients[0].train = short.clients[0].train[:8]
            for federation in (whole, short):
                one_turn(federation, federation.clients[0])
            alphas = [float(federation.clients[0].kept["alpha"]) for federation in (whole, short)]
            self.assertNotEqual(alphas[0], 0.25)
            self.assertEqual(alphas[0] == alphas[1], same)

    def test_hf_is_exact_on_a_quadratic(self):
        strategy = ready("perfedavg", *options(variant="hf", alpha=0.2, delta=0.7)).strategy
        matrix = torch.tensor([[2.0, 0.5, 0.0], [0.5, 1.0, -0.3], [0.0, -0.3, 3.0]], dtype=torch.float64)
        slope, w = torch.tensor([[1.0, -2.0, 0.5], [0.3, 0.7, -1.1]], dtype=torch.float64)
        strategy.trainable = ["w"]
        strategy.trainer.gradient = lambda values, names, batch: {"w": matrix @ values["w"] + slope}
        inner = w - 0.2 * (matrix @ w + slope)
        want = (torch.eye(3, dtype=torch.float64) - 0.2 * matrix) @ (matrix @ inner + slope)
        self.equal(strategy.outer({"w": w}, [None] * 3), {"w": want}, tolerance=1e-14)
        strategy.options["variant"] = "fo"
        self.differ(strategy.outer({"w": w}, [None] * 2), {"w": want}, "w")

    def test_hf_is_the_slope_of_the_loss_after_a_step(self):
        federation = ready("perfedavg", *options(variant="hf", alpha=0.3, delta=2e-5), "--patch", "16")
        strategy, trainer, client = federation.strategy, federation.trainer, federation.clients[1]
        w, first, second = client.model, client.train[:8], client.train[8:16]
        way = trainer.gradient(w, list(w), second)
        got = {variant: 0.0 for variant in ("hf", "fo")}
        for variant in got:
            strategy.options["variant"] = variant
            direction = strategy.outer(w, [first, second, first])
            got[variant] = float(sum((direction[n] * way[n]).sum() for n in way))

        def after(at):
            return float(trainer.loss(strategy.inner({n: w[n] + at * way[n] for n in w}, first), second))
        want = (after(1e-5) - after(-1e-5)) / 2e-5
        self.assertLess(abs(got["hf"] / want - 1), 1e-5)
        self.assertGreater(abs(got["fo"] / want - 1), 1e-3)

    def test_hf_takes_three_batches_a_step(self):
        federation = ready("perfedavg", *options(variant="hf"))
        full = ready("perfedavg", *options(variant="hf"), "--drop-last")
        for client, other in zip(federation.clients, full.clients):
            one_turn(federation, client)
            one_turn(full, other)
            draws = [min(24, len(client.train) - at) for at in range(0, len(client.train), 24)]
            self.assertEqual(client.steps, sum(draw > 16 for draw in draws))
            self.assertEqual(other.steps, sum(draw == 24 for draw in draws))


if __name__ == "__main__":
    unittest.main()
