"""The federation: every client takes its turn in every round, the server averages what they send, and at the end all are scored."""
import torch

from trace_model import selected
from trace_strategies import STRATEGIES
from trace_training import Client, Trainer, copied


class Federation:
    """settings: of the command line; model: a module for functional calls; initial: its values; data: trace_data.Data."""

    def __init__(self, settings, model, initial, data):
        frozen = set().union(*[selected(initial, selector, settings.depth) for selector in settings.freeze])
        trainable = [name for name in initial if name not in frozen]
        self.settings = settings
        self.trainer = Trainer(model, settings)
        self.strategy = STRATEGIES[settings.strategy](self.trainer, trainable, settings.option)
        self.personal = self.strategy.personal()
        self.travels = [name for name in self.strategy.trained() if name not in self.personal]
        self.shared = copied({name: value for name, value in initial.items() if name not in self.personal})
        self.momentum = {}
        dtype = next(iter(initial.values())).dtype
        parts = [[data.samples(i, part, dtype) for part in ("train", "test")] for i in range(len(data.split))]
        self.clients = [Client(train, test, initial) for train, test in parts]
        for client in self.clients:
            self.strategy.begin(client)

    def run(self):
        """Returns each client's (accuracy, loss)."""
        for _ in range(self.settings.rounds):
            for client in self.clients:
                self.receive(client)
                client.steps = 0
                self.strategy.turn(client)
            self.merge([client for client in self.clients if client.steps > 0])
        for client in self.clients:
            self.receive(client)
            self.strategy.closing(client)
        return [self.trainer.score(self.strategy.predictor(client), client.test) for client in self.clients]

    def receive(self, client):
        client.model.update(copied(self.shared))

    def merge(self, clients):
        """The server's SGD on u - mean, as torch.optim.SGD has it. Sums in double."""
        total = sum(self.strategy.weight(client) for client in clients)
        for name in self.travels if clients else []:
            mean = sum(self.strategy.weight(client) / total * client.model[name].double() for client in clients)
            direction = self.shared[name].double() - mean
            if self.settings.server_momentum > 0 and name in self.momentum:
                direction = self.settings.server_momentum * self.momentum[name] + direction
            self.momentum[name] = direction
            self.shared[name] = (self.shared[name].double() - self.settings.server_lr * direction).to(self.shared[name].dtype)

    def tensors(self, client):
        """What `graft export` writes of a client: its personal tensors, and its kept rows under kept.NAME.TENSOR or kept.NAME."""
        found = {name: client.model[name] for name in self.personal}
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
