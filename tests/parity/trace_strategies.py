"""The strategies that share a part and keep the rest, each as its paper's pseudo code, and the list of all (trace_relatives.py has
the others): what is personal, what a client does in its turn, with what it predicts."""
import torch
from torch.nn import functional

import trace_relatives
from trace_strategy import Strategy
from trace_training import copied


class FedAvg(Strategy):
    pass


class Local(Strategy):
    def personal(self):
        return self.trainable


class FedPer(Strategy):
    def personal(self):
        return self.role("head")


class FedBn(Strategy):
    def personal(self):
        return self.role("norm")


class Attention(Strategy):
    def personal(self):
        return self.roles(["attn", "head"])


class FedRep(Strategy):
    defaults = {"schedule": "head_then_body", "head_epochs": None, "body_epochs": 1, "final_head_epochs": 0}
    choices = {"schedule": ("head_then_body", "joint")}

    def personal(self):
        return self.role("head")

    def turn(self, client):
        if self.options["schedule"] == "joint":
            self.trainer.train(client, self.trainable)
        else:
            self.trainer.train(client, self.role("head"), epochs=self.options["head_epochs"])
            self.trainer.train(client, self.body(), epochs=self.options["body_epochs"])

    def closing(self, client):
        self.trainer.train(client, self.role("head"), epochs=self.options["final_head_epochs"])


class FedBabu(Strategy):
    defaults = {"tune_scope": "full", "tune_steps": 1, "tune_epochs": 0, "weighting": "samples"}
    choices = {"tune_scope": ("full", "head", "body"), "weighting": ("samples", "equal")}

    def trained(self):
        return self.body()

    def turn(self, client):
        self.trainer.train(client, self.body())

    def predictor(self, client):
        tuned = copied(client.model)
        scope = {"full": self.trainable, "head": self.role("head"), "body": self.body()}[self.options["tune_scope"]]
        descent = self.trainer.descent(tuned, scope)
        steps, epochs = self.options["tune_steps"], self.options["tune_epochs"]
        for batch in self.trainer.batches(client.train, epochs, steps=0 if epochs > 0 else steps):
            descent.step(self.trainer.gradient(tuned, scope, batch))
        return tuned


class Apfl(Strategy):
    """In a batch w steps first; v and alpha then see the new w. paper_param mixes parameters, fedtorch_logit logits, pfllib nothing
    but, at the end of a turn, v with w."""
    defaults = {"variant": "paper_param", "alpha": 0.25, "adaptive": True}
    choices = {"variant": ("paper_param", "fedtorch_logit", "pfllib")}

    def begin(self, client):
        client.kept["twin"] = copied({n: client.model[n] for n in self.trainable})
        client.kept["alpha"] = client.model["norm.weight"].new_tensor([self.options["alpha"]])

    def mixed(self, client):
        w, v, alpha = client.model, client.kept["twin"], client.kept["alpha"]
        return {**copied(w), **{n: alpha * v[n] + (1 - alpha) * w[n] for n in v}}

    def predict(self, client, samples):
        with torch.no_grad():
            if self.options["variant"] == "fedtorch_logit":
                return self.mixed_logits(client.model, client.kept["twin"], client.kept["alpha"], samples)
            own = {**client.model, **client.kept["twin"]}
            return self.trainer.logits(own if self.options["variant"] == "pfllib" else self.mixed(client), samples)

    def mixed_logits(self, w, v, alpha, samples):
        return alpha * self.trainer.logits({**w, **v}, samples) + (1 - alpha) * self.trainer.logits(w, samples)

    def turn(self, client):
        w, v, names = client.model, client.kept["twin"], self.trainable
        one_batch = {"paper_param": self.by_parameters, "fedtorch_logit": self.by_logits, "pfllib": self.apart}[self.options["variant"]]
        w_descent, v_descent = self.trainer.descent(w, names), self.trainer.descent(v, names)
        for batch in self.trainer.batches(client.train):
            g_w = self.trainer.gradient(w, names, batch)
            w_descent.step(g_w)
            one_batch(client, batch, g_w, v_descent)
            client.steps += 1
        if self.options["variant"] == "pfllib" and client.steps > 0:
            alpha = client.kept["alpha"]
            client.kept["twin"] = {n: alpha * v[n] + (1 - alpha) * w[n] for n in names}

    def move_alpha(self, client, slope):
        if self.options["adaptive"]:
            client.kept["alpha"] = (client.kept["alpha"] - self.trainer.lr * slope).clamp(0, 1)

    def by_parameters(self, client, batch, _, v_descent):
        w, v, alpha = client.model, client.kept["twin"], client.kept["alpha"]
        g = self.trainer.gradient(self.mixed(client), self.trainable, batch)  # at alpha v + (1 - alpha) w: new w, old v and alpha
        slope = sum(((v[n] - w[n]) * g[n]).sum() for n in self.trainable)
        v_descent.step({n: alpha * g[n] for n in self.trainable})
        self.move_alpha(client, slope)

    def by_logits(self, client, batch, _, v_descent):
        w = {n: client.model[n].detach().requires_grad_() for n in self.trainable}
        v = {n: client.kept["twin"][n].detach().requires_grad_() for n in self.trainable}
        logits = self.mixed_logits({**client.model, **w}, v, client.kept["alpha"], batch)
        both = torch.autograd.grad(functional.cross_entropy(logits, batch.labels), [*v.values(), *w.values()])
        g_v, g_w = dict(zip(v, both)), dict(zip(w, both[len(v):]))
        v_descent.step(g_v)
        if client.steps == 0:  # the turn's first batch only
            self.move_alpha(client, self.surrogate(client, g_v, g_w))

    def apart(self, client, batch, g_w, v_descent):
        g_v = self.trainer.gradient({**client.model, **client.kept["twin"]}, self.trainable, batch)
        v_descent.step(g_v)
        self.move_alpha(client, self.surrogate(client, g_v, g_w))

    def surrogate(self, client, g_v, g_w):
        """What the released codes take for the slope: v and w after their steps, gradients from before."""
        w, v, alpha = client.model, client.kept["twin"], client.kept["alpha"]
        return sum(((v[n] - w[n]) * (alpha * g_v[n] + (1 - alpha) * g_w[n])).sum() for n in v) + 0.02 * alpha


class PerFedAvg(Strategy):
    defaults = {"variant": "fo", "alpha": None, "delta": 1e-3}
    choices = {"variant": ("fo", "hf")}

    def rate(self):
        return self.trainer.lr if self.options["alpha"] is None else self.options["alpha"]

    def turn(self, client):
        w = client.model
        descent = self.trainer.descent(w, self.trainable)
        for parts in self.trainer.draws(client.train, 3 if self.options["variant"] == "hf" else 2):
            descent.step(self.outer(w, parts))
            client.steps += 1

    def outer(self, w, parts):
        """parts: D, D' and, with hf, D''."""
        direction = self.trainer.gradient(self.inner(w, parts[0]), self.trainable, parts[1])
        if self.options["variant"] == "fo":
            return direction
        bend = self.bend(w, direction, parts[2])
        return {n: direction[n] - self.rate() * bend[n] for n in direction}

    def inner(self, w, batch):
        """One plain step of rate alpha."""
        g = self.trainer.gradient(w, self.trainable, batch)
        return {**w, **{n: w[n] - self.rate() * g[n] for n in self.trainable}}

    def bend(self, w, along, batch):
        """The Hessian times a vector, from two gradients."""
        delta = self.options["delta"]
        above, below = ({**w, **{n: w[n] + side * delta * along[n] for n in along}} for side in (1, -1))
        left, right = (self.trainer.gradient(values, self.trainable, batch) for values in (above, below))
        return {n: (left[n] - right[n]) / (2 * delta) for n in along}

    def predictor(self, client):
        for batch in self.trainer.batches(client.train, steps=1):
            return self.inner(client.model, batch)
        return copied(client.model)


class FedPerfix(Strategy):
    defaults = {"last_blocks_personal": 0}

    def personal(self):
        last = [f"blocks.-{i + 1}" for i in range(self.options["last_blocks_personal"])]
        return self.roles(["head", "module", *last])


class FedSim(Strategy):
    """u and v together. The penalty l2 |v - centre|^2 has no half."""
    defaults = {"personal": ["head"], "l2": 0.0, "l2_to": "zero", "weighting": "samples", "stateless": False, "final_epochs": 0}
    choices = {"l2_to": ("zero", "initial"), "weighting": ("samples", "batches", "equal")}

    def begin(self, client):
        if self.options["l2"] > 0 and self.options["l2_to"] == "initial":
            client.kept["origin"] = copied({n: client.model[n] for n in self.personal()})

    def start(self, client):
        """The beginning of a turn, or of the closing phase."""
        if self.options["stateless"]:
            client.model.update(copied({n: client.initial[n] for n in self.personal()}))

    def penalize(self, client, g):
        """What it does to the gradient of whatever of v is there."""
        origin, l2 = client.kept.get("origin", {}), self.options["l2"]
        return {**g, **{n: g[n] + 2 * l2 * (client.model[n] - origin.get(n, 0)) for n in self.personal() if n in g}}

    def train(self, client, names, epochs=None):
        self.trainer.train(client, names, epochs, lambda g, _: self.penalize(client, g))

    def turn(self, client):
        self.start(client)
        self.train(client, self.trainable)

    def closing(self, client):
        if self.options["final_epochs"] > 0:
            self.start(client)
            self.trainer.train(client, self.personal(), self.options["final_epochs"])


class FedAlt(FedSim):
    """v first, then u."""
    defaults = {**FedSim.defaults, "personal_epochs": None, "shared_epochs": None}

    def turn(self, client):
        self.start(client)
        self.train(client, self.personal(), self.options["personal_epochs"])
        self.train(client, self.travels(), self.options["shared_epochs"])


STRATEGIES = {"fedavg": FedAvg, "local": Local, "fedper": FedPer, "fedbn": FedBn, "attention": Attention, "fedrep": FedRep,
              "fedbabu": FedBabu, "apfl": Apfl, "perfedavg": PerFedAvg, "fedperfix": FedPerfix, "fedsim": FedSim, "fedalt": FedAlt,
              **trace_relatives.STRATEGIES}
