"""The strategies, each as its paper's pseudo code: what is personal, what a client does in its turn, with what it predicts."""
from trace_model import selected
from trace_training import copied


class Strategy:
    """FedAvg; the others say where they differ. `trainable` are the tensors that are not frozen."""
    defaults = {}

    def __init__(self, trainer, trainable, options):
        unknown = set(options) - set(self.defaults)
        if unknown:
            raise SystemExit(f"unknown options {sorted(unknown)}, expected some of {sorted(self.defaults)}")
        self.trainer, self.trainable, self.options = trainer, trainable, {**self.defaults, **options}

    def role(self, selector):
        return [n for n in self.trainable if n in selected(self.trainable, selector, self.trainer.settings.depth)]

    def body(self):
        head = self.role("head")
        return [n for n in self.trainable if n not in head]

    def personal(self):
        return []

    def trained(self):
        return self.trainable

    def weight(self, client):
        return len(client.train)

    def begin(self, client):
        """Before the first round."""

    def turn(self, client):
        self.trainer.train(client, self.trainable)

    def closing(self, client):
        """After the last round."""

    def predictor(self, client):
        """A copy to score with; whatever is tuned is tuned on it."""
        return copied(client.model)


class FedAvg(Strategy):
    pass


class Local(Strategy):
    def personal(self):
        return self.trainable


class FedRep(Strategy):
    defaults = {"schedule": "head_then_body", "head_epochs": None, "body_epochs": 1, "final_head_epochs": 0}

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

    def trained(self):
        return self.body()

    def weight(self, client):
        return len(client.train) if self.options["weighting"] == "samples" else 1

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
    defaults = {"variant": "paper_param", "alpha": 0.25, "adaptive": True}

    def begin(self, client):
        client.kept["twin"] = copied({n: client.model[n] for n in self.trainable})
        client.kept["alpha"] = client.model["norm.weight"].new_tensor([self.options["alpha"]])

    def predictor(self, client):
        w, v, alpha = client.model, client.kept["twin"], client.kept["alpha"]
        return {**copied(w), **{n: alpha * v[n] + (1 - alpha) * w[n] for n in v}}

    def turn(self, client):
        w, v, names = client.model, client.kept["twin"], self.trainable
        w_descent, v_descent = self.trainer.descent(w, names), self.trainer.descent(v, names)
        for batch in self.trainer.batches(client.train):
            alpha = client.kept["alpha"]
            w_descent.step(self.trainer.gradient(w, names, batch))
            g = self.trainer.gradient(self.predictor(client), names, batch)  # at alpha v + (1 - alpha) w: new w, old v and alpha
            slope = sum(((v[n] - w[n]) * g[n]).sum() for n in names)
            v_descent.step({n: alpha * g[n] for n in names})
            if self.options["adaptive"]:
                client.kept["alpha"] = (alpha - self.trainer.lr * slope).clamp(0, 1)
            client.steps += 1


class PerFedAvg(Strategy):
    defaults = {"variant": "fo", "alpha": None, "delta": 1e-3}

    def rate(self):
        return self.trainer.lr if self.options["alpha"] is None else self.options["alpha"]

    def turn(self, client):
        names, w = self.trainable, client.model
        descent = self.trainer.descent(w, names)
        for first, second in self.trainer.pairs(client.train):
            descent.step(self.trainer.gradient(self.inner(w, first), names, second))
            client.steps += 1

    def inner(self, w, batch):
        """One plain step of rate alpha."""
        g = self.trainer.gradient(w, self.trainable, batch)
        return {**w, **{n: w[n] - self.rate() * g[n] for n in self.trainable}}

    def predictor(self, client):
        for batch in self.trainer.batches(client.train, steps=1):
            return self.inner(client.model, batch)
        return copied(client.model)


class FedPerfix(Strategy):
    defaults = {"last_blocks_personal": 0}

    def personal(self):
        chosen = self.role("head") + self.role("module")
        for i in range(self.options["last_blocks_personal"]):
            chosen += self.role(f"blocks.-{i + 1}")
        return [n for n in self.trainable if n in chosen]


STRATEGIES = {"fedavg": FedAvg, "local": Local, "fedrep": FedRep, "fedbabu": FedBabu, "apfl": Apfl, "perfedavg": PerFedAvg,
              "fedperfix": FedPerfix}
