"""The federation: every client takes its turn in every round, the server merges what they send, or they mix their bodies among
themselves, and at the end all are scored."""
import torch

from trace_model import selected
from trace_strategies import STRATEGIES
from trace_training import Client, Trainer, copied


class ServerOptimizer:
    """Goes from the shared tensors towards the merged ones. sgd is torch.optim.SGD's; adam and yogi are algorithm 2 of Reddi et al.,
    Adaptive Federated Optimization. In double."""

    def __init__(self, settings):
        self.use, self.lr, self.momentum = settings.server_optimizer, settings.server_lr, settings.server_momentum
        self.beta1, self.beta2, self.tau = settings.server_beta1, settings.server_beta2, settings.server_tau
        self.m, self.v = {}, {}

    def step(self, name, value, merged):
        change = merged - value
        if self.use == "sgd":
            self.m[name] = self.momentum * self.m.get(name, 0) + change
            return value + self.lr * self.m[name]
        square = change ** 2
        v = self.v.get(name, torch.full_like(value, self.tau ** 2))
        self.m[name] = self.beta1 * self.m.get(name, 0) + (1 - self.beta1) * change
        if self.use == "adam":
            self.v[name] = self.beta2 * v + (1 - self.beta2) * square
        else:
            self.v[name] = v - (1 - self.beta2) * square * torch.sign(v - square)
        return value + self.lr * self.m[name] / (self.v[name].sqrt() + self.tau)


class Federation:
    """settings: of the command line; model: a module for functional calls; initial: its values; data: trace_data.Data."""

    def __init__(self, settings, model, initial, data):
        frozen = set().union(*[selected(initial, selector, settings.depth) for selector in settings.freeze])
        trainable = [name for name in initial if name not in frozen]
        self.settings = settings
        self.trainer = Trainer(model, settings)
        self.strategy = STRATEGIES[settings.strategy](self.trainer, trainable, settings.option)
        self.travels = self.strategy.travels()
        self.owned = self.strategy.personal() + (self.travels if self.strategy.gossip else [])
        self.shared = copied({name: value for name, value in initial.items() if name not in self.owned})
        self.served = self.strategy.served(self.shared)
        self.optimizer = ServerOptimizer(settings)
        dtype = next(iter(initial.values())).dtype
        parts = [[data.samples(i, part, dtype) for part in ("train", "test")] for i in range(len(data.split))]
        self.clients = [Client(train, test, initial) for train, test in parts]
        for client in self.clients:
            self.strategy.begin(client)

    def run(self):
        """Returns each client's (accuracy, loss)."""
        for _ in range(self.settings.rounds):
            if self.strategy.gossip:
                self.mix()
            for client in self.clients:
                self.receive(client)
                client.steps = 0
                self.strategy.turn(client)
            self.merge([client for client in self.clients if client.steps > 0])
        for client in self.clients:
            self.receive(client)
            self.strategy.closing(client)
        return [self.trainer.score(self.strategy.predict(client, client.test), client.test.labels) for client in self.clients]

    def receive(self, client):
        client.model.update(copied(self.shared))
        client.received, client.served = copied(self.shared), copied(self.served)

    def mix(self):
        """Everybody's body becomes the mixture of what the bodies were."""
        bodies = [copied({name: client.model[name] for name in self.travels}) for client in self.clients]
        for i, client in enumerate(self.clients):
            for name in self.travels:
                mixed = sum(share * bodies[j][name].double() for j, share in self.strategy.shares(i).items())
                client.model[name] = mixed.to(client.model[name].dtype)

    def merge(self, clients):
        if self.strategy.gossip or not self.travels or not clients:
            return
        uploads = [self.strategy.upload(client) for client in clients]
        merged = self.strategy.merge(self.shared, uploads, [self.strategy.weight(client) for client in clients])
        for name, value in merged.items():
            self.shared[name] = self.optimizer.step(name, self.shared[name].double(), value).to(self.shared[name].dtype)
        self.strategy.serve(self.served, clients)

    def tensors(self, client):
        """What `graft export` writes of a client: the tensors that it owns, and its kept rows under kept.NAME.TENSOR or kept.NAME."""
        found = {name: client.model[name] for name in self.owned}
        for row, kept in client.kept.items():
            rows = {f".{name}": value for name, value in kept.items()} if isinstance(kept, dict) else {"": kept}
            found.update({f"kept.{row}{name}": value for name, value in rows.items()})
        return found

    def moved(self, initial):
        """The largest change of any tensor since the beginning; not finite where the run diverged."""
        now = [{**self.shared, **client.model} for client in self.clients]
        return max(float((values[name] - initial[name]).abs().max()) for values in now for name in initial)


def all_finite(tensors):
    return all(bool(torch.isfinite(value).all()) for value in tensors.values())
