"""The strategies that correct gradients, own a second model, merge otherwise than by a mean, or gossip; each as its paper's pseudo
code."""
import math

import torch

from trace_strategy import Strategy
from trace_training import copied


class FedProx(Strategy):
    defaults = {"mu": 0.01}

    def turn(self, client):
        w, received = client.model, client.received
        self.trainer.train(client, self.trainable,
                           along=lambda g, _: {n: g[n] + self.options["mu"] * (w[n] - received[n]) for n in g})


class FedAvgP(Strategy):
    """x and y together; y's steps are of their own length."""
    defaults = {"personal": ["head"], "personal_lr_scale": 1.0, "weighting": "equal"}
    choices = {"weighting": ("equal", "samples")}

    def scaled(self, g):
        personal = self.personal()
        return {n: self.options["personal_lr_scale"] * g[n] if n in personal else g[n] for n in g}

    def turn(self, client):
        self.trainer.train(client, self.trainable, along=lambda g, _: self.scaled(g))


class ScaffoldP(FedAvgP):
    """Karimireddy et al., option II, for x alone. Option II counts on plain steps: they are of the manifest's rate, nothing else."""
    defaults = {"personal": ["head"], "personal_lr_scale": 1.0}
    choices = {}

    def weight(self, client):
        return 1

    def begin(self, client):
        client.kept["variate"] = {n: torch.zeros_like(client.model[n]) for n in self.travels()}

    serves = "common"

    def served(self, shared):
        return {n: torch.zeros_like(shared[n]) for n in self.travels()}

    def turn(self, client):
        c_i, c, x = client.kept["variate"], client.served, client.received
        self.trainer.train(client, self.trainable, plain=True, along=lambda g, _: {
            **self.scaled(g), **{n: g[n] - c_i[n] + c[n] for n in self.travels()}})
        client.change = {n: torch.zeros_like(c_i[n]) for n in c_i}
        if client.steps > 0:
            client.kept["variate"] = {n: c_i[n] - c[n] + (x[n] - client.model[n]) / (client.steps * self.trainer.lr) for n in c_i}
            client.change = {n: client.kept["variate"][n] - c_i[n] for n in c_i}

    def serve(self, served, clients):
        for n in served:
            served[n] = served[n] + sum(client.change[n] for client in clients) / len(clients)


class Scaffold(ScaffoldP):
    """Nothing personal."""
    defaults = {}

    def scaled(self, g):
        return g


class Ditto(Strategy):
    """Beside FedAvg's w every client has its own v, drawn towards the w that it received."""
    defaults = {"lambda": 1.0}

    def begin(self, client):
        client.kept["own"] = copied({n: client.model[n] for n in self.trainable})

    def turn(self, client):
        w, v, names = client.model, client.kept["own"], self.trainable
        w_descent, v_descent = self.trainer.descent(w, names), self.trainer.descent(v, names)
        for batch in self.trainer.batches(client.train):
            w_descent.step(self.trainer.gradient(w, names, batch))
            g = self.trainer.gradient({**w, **v}, names, batch)
            v_descent.step({n: g[n] + self.options["lambda"] * (v[n] - client.received[n]) for n in names})
            client.steps += 1

    def predictor(self, client):
        return copied({**client.model, **client.kept["own"]})


class FedApm(Strategy):
    """In the paper's scaling: L_i = f_i / m + <pi_i, u_i - u> + rho / 2 |u_i - u|^2, and sigma beside f_i / m for v. The options rho and
    sigma are m times the paper's, the manifest's lr is the paper's divided by m, and `dual` is m pi."""
    defaults = {"personal": ["head"], "rho": 0.2, "sigma": 0.2, "personal_epochs": None, "shared_epochs": None}

    def __init__(self, trainer, trainable, options):
        super().__init__(trainer, trainable, options)
        if trainer.settings.optimizer != "sgd":
            raise SystemExit("fedapm: other optimizers than sgd are not free of the gradient's scale")
        self.m = trainer.settings.clients
        self.rho, self.sigma = self.options["rho"] / self.m, self.options["sigma"] / self.m

    def weight(self, client):
        return 1

    def begin(self, client):
        client.kept["dual"] = {n: torch.zeros_like(client.model[n]) for n in self.travels()}
        client.kept["message"] = copied({n: client.model[n] for n in self.travels()})

    def turn(self, client):
        now, u = client.model, client.received
        v = copied({n: now[n] for n in self.personal()})
        pi = {n: dual / self.m for n, dual in client.kept["dual"].items()}
        self.trainer.train(client, self.personal(), self.options["personal_epochs"], stretch=self.m,
                           along=lambda g, _: {n: g[n] / self.m + self.sigma * (now[n] - v[n]) for n in g})
        self.trainer.train(client, self.travels(), self.options["shared_epochs"], stretch=self.m,
                           along=lambda g, _: {n: g[n] / self.m + pi[n] + self.rho * (now[n] - u[n]) for n in g})
        client.sent = {n: torch.zeros_like(pi[n]) for n in pi}
        if client.steps > 0:
            pi = {n: pi[n] + self.rho * (now[n] - u[n]) for n in pi}
            z = {n: now[n] + pi[n] / self.rho for n in pi}
            client.sent = {n: z[n] - client.kept["message"][n] for n in z}
            client.kept.update(dual={n: self.m * pi[n] for n in pi}, message=z)

    def upload(self, client):
        return client.sent

    def merge(self, shared, uploads, weights):
        """The mean of everybody's z: that of the last round, and what has changed."""
        return {n: shared[n].double() + sum(one[n].double() for one in uploads) / len(uploads) for n in self.travels()}


class Robust(Strategy):
    defaults = {"mean": "median", "trim": 0.1, "personal": []}
    choices = {"mean": ("median", "trimmed")}

    def merge(self, shared, uploads, weights):
        return {n: self.middle(torch.stack([one[n].double() for one in uploads])) for n in self.travels()}

    def middle(self, values):
        """values: [C, …]"""
        count = len(values)
        cut = (count - 1) // 2 if self.options["mean"] == "median" else math.floor(self.options["trim"] * count)
        return values.sort(dim=0).values[cut:count - cut].mean(dim=0)


class DFedAlt(Strategy):
    """FedAlt without a server: a turn begins with the neighbours' bodies of the last round."""
    defaults = {"personal": ["head"], "topology": "random", "neighbours": 0.1, "mixing": "uniform", "personal_epochs": None,
                "shared_epochs": None, "personal_lr_scale": 1.0}
    choices = {"topology": ("random", "ring", "grid", "exponential", "full"), "mixing": ("uniform", "metropolis")}
    gossip = True

    def neighbours(self, i):
        """Whom i hears, without itself."""
        total, topology = self.trainer.settings.clients, self.options["topology"]
        if topology == "random":
            if self.options["neighbours"] != 0:
                raise SystemExit("random neighbours are drawn inside Graft: only neighbours=0.0 can be traced")
            return set()
        steps = {"ring": [1], "grid": [1, math.isqrt(total)], "full": range(1, total),
                 "exponential": [2 ** k for k in range(total) if 2 ** k < total]}[topology]
        sides = (1,) if topology == "exponential" and self.options["mixing"] == "uniform" else (1, -1)  # metropolis: both ways
        return {(i + side * step) % total for step in steps for side in sides} - {i}

    def shares(self, i):
        """{client: what it has in i's mixture}"""
        around = self.neighbours(i)
        if self.options["mixing"] == "uniform":
            return {j: 1 / (len(around) + 1) for j in around | {i}}
        found = {j: 1 / (1 + max(len(around), len(self.neighbours(j)))) for j in around}
        return {**found, i: 1 - sum(found.values())}

    def turn(self, client):
        self.trainer.train(client, self.personal(), self.options["personal_epochs"], lr_scale=self.options["personal_lr_scale"])
        self.trainer.train(client, self.travels(), self.options["shared_epochs"],
                           along=lambda g, batch: self.shared_direction(client, g, batch))

    def shared_direction(self, client, g, batch):
        return g


class DFedSalt(DFedAlt):
    """The body's gradient is taken a step of length rho uphill."""
    defaults = {**DFedAlt.defaults, "rho": 0.05}

    def shared_direction(self, client, g, batch):
        norm = sum((g[n] ** 2).sum() for n in g).sqrt()
        uphill = {n: client.model[n] + self.options["rho"] * g[n] / norm for n in g}
        return self.trainer.gradient({**client.model, **uphill}, list(g), batch)


STRATEGIES = {"fedprox": FedProx, "scaffold": Scaffold, "ditto": Ditto, "fedavg_p": FedAvgP, "scaffold_p": ScaffoldP, "fedapm": FedApm,
              "robust": Robust, "dfedalt": DFedAlt, "dfedsalt": DFedSalt}
