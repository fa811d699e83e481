"""Identities of the strategies of trace_relatives.py, of merging and of gossip; trace_reference_test.py runs them, too."""
import math
import unittest

import torch

from trace_reference import arguments
from trace_rounds import ServerOptimizer
from trace_testing import SLIDE, UNOWNED, Comparing, one_turn, options, ready, run, smallest

class Relatives(Comparing):
    def test_fedprox(self):
        self.equal(run("fedprox", *SLIDE, *options(mu=0.0)).shared, run("fedavg", *SLIDE).shared)
        far = []
        for mu in (0.0, 1.0, 4.0):
            federation = ready("fedprox", *options(mu=mu), "--epochs", "3")
            client = federation.clients[0]
            one_turn(federation, client)
            far.append(float(sum(((client.model[n] - client.initial[n]) ** 2).sum() for n in client.initial)))
        self.assertEqual(far, sorted(far, reverse=True))
        self.assertGreater(far[0], 1.2 * far[2])

    def test_scaffolds_first_round_is_the_equal_mean(self):
        equal = [run("fedavg_p", *UNOWNED, "--rounds", rounds) for rounds in "12"]
        federation = [run("scaffold", "--rounds", rounds) for rounds in "12"]
        self.equal(equal[0].shared, federation[0].shared)
        self.differ(equal[1].shared, federation[1].shared, "head.weight")
        self.equal(federation[1].shared, run("scaffold_p", *UNOWNED, "--rounds", "2").shared)

    def test_the_servers_variate_is_the_mean(self):
        for strategy, given in (("scaffold", []), ("scaffold", ["--drop-last"]), ("scaffold_p", ["--epochs", "2"])):
            federation = run(strategy, *given)
            for name, c in federation.served.items():
                able = [client for client in federation.clients if client.steps > 0]
                kept = sum(client.kept["variate"][name] for client in able) / len(able)
                self.assertLess(float((c - kept).abs().max()), 1e-14)
            self.assertGreater(float(federation.served["blocks.0.attn.qkv.weight"].abs().max()), 1e-4)
            self.assertEqual(list(federation.served), federation.travels)

    def test_a_variate_of_one_step_is_the_gradient(self):
        federation = run("scaffold", "--rounds", "2")
        client = smallest(federation)
        g = federation.trainer.gradient(client.received, list(client.received), client.train)
        one_turn(federation, client)
        self.equal(client.kept["variate"], g, tolerance=1e-13)
        self.differ(federation.served, g, "head.weight")

    def test_scaffolds_steps_are_plain(self):
        rough = [*SLIDE, "--clip-norm", "0.1"]
        for strategy in ("scaffold", "scaffold_p"):
            plain = run(strategy, "--lr", "0.02")
            for given in (rough, ["--optimizer", "adamw", "--lr", "0.02"]):
                self.equal(plain.shared, run(strategy, *given).shared)

    def test_fedavg_p(self):
        federation = run("fedavg_p", *SLIDE, *options(weighting="samples"))
        self.equal(federation.shared, run("fedsim", *SLIDE).shared)
        still = run("fedavg_p", "--momentum", "0.9", *options(personal_lr_scale=0.0))
        self.equal(still.initial, still.clients[0].model, ["head.weight", "head.bias"])
        half, whole = (ready("fedavg_p", *options(personal_lr_scale=scale)) for scale in (0.5, 1.0))
        moves = []
        for one in (half, whole):
            one_turn(one, smallest(one))
            moves.append({n: smallest(one).model[n] - smallest(one).initial[n] for n in one.strategy.personal()})
        self.equal(moves[0], {n: 0.5 * move for n, move in moves[1].items()}, tolerance=1e-15)

    def test_ditto(self):
        federation, local = run("ditto", *SLIDE, *options(**{"lambda": 0.0})), run("local", *SLIDE)
        self.equal(federation.shared, run("fedavg", *SLIDE).shared)
        for client, alone in zip(federation.clients, local.clients):
            self.equal(client.kept["own"], alone.model)
        self.assertEqual(federation.scores, local.scores)
        drawn = ready("ditto")
        client = smallest(drawn)
        client.kept["own"] = {n: value + 0.01 for n, value in client.initial.items()}
        g = drawn.trainer.gradient(client.kept["own"], list(client.initial), client.train)
        want = {n: value - 0.05 * (g[n] + (value - client.initial[n])) for n, value in client.kept["own"].items()}
        one_turn(drawn, client)
        self.equal(client.kept["own"], want, tolerance=1e-15)

    def test_fedapms_multipliers_add_up_to_nothing(self):
        for given in ([], ["--drop-last"], [*SLIDE, "--epochs", "2", *options(rho=0.6)]):
            federation = ready("fedapm", *given)
            ends = [{n: client.initial[n] for n in federation.travels} for client in federation.clients]
            for _ in range(3):
                for i, client in enumerate(federation.clients):
                    one_turn(federation, client)
                    if client.steps > 0:
                        ends[i] = {n: client.model[n].clone() for n in federation.travels}
                federation.merge([client for client in federation.clients if client.steps > 0])
                rho = federation.strategy.options["rho"]
                for n in federation.travels:
                    able = [(c, u) for c, u in zip(federation.clients, ends) if c.steps > 0]
                    left = sum(c.kept["dual"][n] + rho * (u[n] - federation.shared[n]) for c, u in able)
                    self.assertLess(float(left.abs().max()), 1e-13)
            self.assertGreater(float(federation.clients[0].kept["dual"]["norm.weight"].abs().max()), 1e-4)

    def test_fedapms_options_are_m_times_the_papers(self):
        """The same turn in the manifest's scaling."""
        federation = run("fedapm", *SLIDE, "--clip-norm", "0.5", "--rounds", "2", *options(rho=0.6, sigma=0.3))
        client, trainer = federation.clients[0], federation.trainer
        u, v, pi = dict(client.received), {n: client.model[n].clone() for n in federation.owned}, client.kept["dual"]
        model = {n: value.clone() for n, value in client.model.items()}
        for names, pull in ((federation.owned, lambda n: 0.3 * (model[n] - v[n])),
                            (federation.travels, lambda n: pi[n] + 0.6 * (model[n] - u[n]))):
            descent = trainer.descent(model, names)
            for batch in trainer.batches(client.train):
                g = trainer.gradient(model, names, batch)
                descent.step({n: g[n] + pull(n) for n in names})
        one_turn(federation, client)
        self.equal(client.model, model, tolerance=1e-14)
        dual = {n: pi[n] + 0.6 * (model[n] - u[n]) for n in pi}
        self.equal(client.kept["dual"], dual, tolerance=1e-14)
        self.equal(client.kept["message"], {n: model[n] + dual[n] / 0.6 for n in pi}, tolerance=1e-14)

    def test_fedapm_without_sigma_begins_as_fedalt(self):
        given = [*SLIDE, "--clip-norm", "0.5", "--rounds", "1"]
        federation, fedalt = run("fedapm", *given, *options(sigma=0.0)), run("fedalt", *given)
        self.equal(federation.clients[1].model, fedalt.clients[1].model, ["head.weight", "head.bias"], tolerance=1e-14)


class Aggregation(Comparing):
    def test_middle(self):
        strategy = ready("robust").strategy
        values = torch.tensor([[1.0, 5.0], [2.0, -3.0], [10.0, 0.0], [4.0, 1.0]])
        self.assertEqual(strategy.middle(values).tolist(), [3.0, 0.5])
        self.assertEqual(strategy.middle(values[:3]).tolist(), [2.0, 0.0])
        strategy.options.update(mean="trimmed", trim=0.24)
        self.assertEqual(strategy.middle(values).tolist(), [4.25, 0.75])
        strategy.options.update(trim=0.25)
        self.assertEqual(strategy.middle(values).tolist(), [3.0, 0.5])

    def test_a_median_ignores_one_and_keeps_what_three_agree_on(self):
        federation = ready("robust")
        uploads = [dict(federation.shared) for _ in range(3)]
        wild = {n: value + 1e6 for n, value in federation.shared.items()}
        self.equal(federation.strategy.merge({}, uploads, []), federation.shared)
        self.equal(federation.strategy.merge({}, [*uploads, wild], []), federation.shared)

    def test_an_untrimmed_mean_is_the_equal_mean(self):
        self.equal(run("robust", *options(mean="trimmed")).shared, run("fedavg_p", *UNOWNED).shared, tolerance=1e-14)
        self.equal(run("robust", "--clients", "2").shared, run("fedavg_p", *UNOWNED, "--clients", "2").shared, tolerance=1e-14)

    def optimizer(self, use, tau):
        return ServerOptimizer(arguments(["--strategy", "fedavg", "--out", "unused", "--server-optimizer", use, "--server-lr", "0.1",
                                          "--server-beta1", "0.8", "--server-beta2", "0.75", "--server-tau", str(tau)]))

    def test_the_first_step_of_adam_and_yogi_is_a_sign_where_tau_is_small(self):
        value, merged = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64), torch.tensor([1.5, 1.0, 3.0], dtype=torch.float64)
        steps = [self.optimizer(use, 1e-12).step("w", value, merged) - value for use in ("adam", "yogi")]
        for step in steps:
            self.assertLess(float((step - 0.1 * 0.2 / 0.5 * torch.tensor([1.0, -1.0, 0.0])).abs().max()), 1e-9)

    def test_adam_and_yogi_by_hand(self):
        """Changes of 0.4 and 0.1 from tau = 0.2: adam's v is 0.07, then 0.055; yogi's 0.08 (the change is above), then 0.0775."""
        for use, seconds in (("adam", (0.07, 0.055)), ("yogi", (0.08, 0.0775))):
            optimizer, value, want = self.optimizer(use, 0.2), torch.tensor([1.0], dtype=torch.float64), 1.0
            for change, m, v in zip((0.4, 0.1), (0.08, 0.084), seconds):
                value = optimizer.step("w", value, value + change)
                want += 0.1 * m / (math.sqrt(v) + 0.2)
                self.assertAlmostEqual(float(value), want, delta=1e-14)


class Gossip(Comparing):
    def shares(self, clients, *given):
        federation = ready("dfedalt", "--clients", str(clients), "--patch", "16", *given)
        matrix = torch.zeros(clients, clients, dtype=torch.float64)
        for i in range(clients):
            for j, share in federation.strategy.shares(i).items():
                matrix[i, j] = share
        return matrix

    def test_topologies(self):
        around = {("ring", 5): [1, 4], ("grid", 10): [1, 3, 7, 9], ("full", 4): [1, 2, 3], ("exponential", 9): [1, 2, 4, 5, 7, 8],
                  ("ring", 2): [1], ("grid", 4): [1, 2, 3], ("ring", 1): [], ("full", 1): [], ("exponential", 2): [1]}
        for (topology, clients), want in around.items():
            for mixing in ("uniform", "metropolis"):
                matrix = self.shares(clients, *options(topology=topology, mixing=mixing))
                directed = topology == "exponential" and mixing == "uniform"
                heard = [j for j in want if not directed or j in (1, 2, 4, 8)]
                self.assertEqual([j for j in range(clients) if matrix[0, j] > 0], [0, *heard])
                for sums in (matrix.sum(dim=0), matrix.sum(dim=1)):
                    self.assertLess(float((sums - 1).abs().max()), 1e-15)
                if not directed:
                    self.assertTrue(torch.allclose(matrix, matrix.T, atol=1e-15))
        ring = torch.linalg.eigvalsh(self.shares(10, *options(topology="ring")))
        self.assertAlmostEqual(float(ring[-2]), (1 + 2 * math.cos(math.pi / 5)) / 3, delta=1e-12)

    def test_everybody_with_equal_shares_is_the_mean(self):
        federation = run("dfedalt", *UNOWNED, *options(topology="full"), "--rounds", "2", *SLIDE)
        federation.mix()
        mean = run("fedavg_p", *UNOWNED, "--rounds", "2", *SLIDE).shared
        for client in federation.clients:
            self.equal(client.model, mean, tolerance=1e-14)

    def test_mixing_keeps_the_mean_and_the_heads(self):
        federation = run("dfedalt", *options(topology="ring"), "--clients", "5")
        before = [dict(client.model) for client in federation.clients]
        federation.mix()
        for name in federation.travels:
            means = [sum(model[name] for model in models) / 5 for models in (before, [c.model for c in federation.clients])]
            self.assertLess(float((means[0] - means[1]).abs().max()), 1e-14)
        for model, client in zip(before, federation.clients):
            self.equal(model, client.model, ["head.weight", "head.bias"])
            self.differ(model, client.model, "norm.weight")
        want = sum(before[j]["norm.weight"] for j in (0, 1, 4)) / 3
        self.equal({"norm": want}, {"norm": federation.clients[0].model["norm.weight"]}, tolerance=1e-15)

    def test_nobody_is_fedalt_alone(self):
        alone = run("dfedalt", *options(neighbours="0.0"), "--clients", "1", *SLIDE)
        fedalt = run("fedalt", "--clients", "1", *SLIDE)
        self.equal(alone.clients[0].model, {**fedalt.shared, **fedalt.tensors(fedalt.clients[0])}, tolerance=1e-13)
        apart, together = (run("dfedalt", *options(**how), *SLIDE) for how in ({"neighbours": "0.0"}, {"topology": "full"}))
        self.differ(apart.clients[0].model, together.clients[0].model, "norm.weight")

    def test_what_is_owned(self):
        federation = run("dfedalt", *options(topology="full"), "--freeze", "norm")
        self.assertTrue(federation.shared and all("norm" in name for name in federation.shared))
        self.assertEqual(federation.tensors(federation.clients[0]).keys(), federation.initial.keys() - federation.shared.keys())
        self.assertEqual(run("dfedalt", *options(topology="full")).shared, {})

    def test_sam(self):
        plain, flat = (run(strategy, *options(topology="ring", **rho), *SLIDE)
                       for strategy, rho in (("dfedalt", {}), ("dfedsalt", {"rho": 0.0})))
        self.equal(plain.clients[0].model, flat.clients[0].model)
        federation = ready("dfedsalt", *options(topology="ring", rho=0.1))
        scale = {"x": 1.0, "y": 4.0}
        federation.trainer.gradient = lambda values, names, batch: {n: scale[n] * values[n] for n in names}
        federation.clients[0].model = {n: torch.ones(1, dtype=torch.float64) for n in scale}
        g = federation.strategy.shared_direction(federation.clients[0], {n: torch.tensor([scale[n]]).double() for n in scale}, None)
        self.assertAlmostEqual(float(g["x"]), 1.0242536, delta=1e-7)
        self.assertAlmostEqual(float(g["y"]), 4.3880570, delta=1e-7)


if __name__ == "__main__":
    unittest.main()
