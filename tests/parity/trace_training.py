"""What happens on one client: batches, gradients by autograd, PyTorch's own optimizers and clipping. One client after another."""
import itertools

import torch
from torch.func import functional_call
from torch.nn import functional


class Client:
    """model: the client's copy of every tensor; initial: what it was before the first round; received, served: what the server last
    handed out, shared tensors and the rest; kept: what else it owns; steps: how many it has taken in this turn."""

    def __init__(self, train, test, model):
        self.train, self.test = train, test
        self.initial, self.model = model, copied(model)
        self.received, self.served, self.kept = {}, {}, {}
        self.steps = 0


def copied(values):
    return {name: value.clone() for name, value in values.items()}


class Descent:
    """The optimizer of some tensors in one phase: its state begins and ends with it. stretch: for directions so many times shorter
    than the manifest's; they are clipped at its scale (clipping is not quite free of scale: PyTorch adds 1e-6 to the norm)."""

    def __init__(self, values, names, use, lr, momentum, weight_decay, clip_norm, stretch=1):
        self.values = {name: values[name] for name in names}  # changed in place
        self.clip_norm, self.stretch = clip_norm, stretch
        lr, weight_decay = lr * stretch, weight_decay / stretch
        leaves = list(self.values.values())
        if use == "adamw":
            self.optimizer = torch.optim.AdamW(leaves, lr=lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=weight_decay)
        else:
            self.optimizer = torch.optim.SGD(leaves, lr=lr, momentum=momentum, weight_decay=weight_decay)

    def step(self, direction):
        for name, value in self.values.items():
            value.grad = direction[name] * self.stretch
        if self.clip_norm > 0:
            torch.nn.utils.clip_grad_norm_(self.values.values(), self.clip_norm)
        for value in self.values.values():
            value.grad /= self.stretch
        self.optimizer.step()
        for value in self.values.values():
            value.grad = None


class Trainer:
    """The manifest's [training] for one model."""

    def __init__(self, model, settings):
        self.model, self.settings = model, settings
        self.lr = settings.lr

    def logits(self, values, samples):
        return functional_call(self.model, values, (samples.images,))

    def loss(self, values, samples):
        return functional.cross_entropy(self.logits(values, samples), samples.labels)

    def gradient(self, values, names, samples):
        """Of the mean loss, in the tensors named; the others are constants."""
        leaves = {name: values[name].detach().requires_grad_() for name in names}
        loss = self.loss({**values, **leaves}, samples)
        return dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values()))))

    def epoch(self, samples, size):
        """Batches of so many samples, in stored order; the last may be short, or is dropped."""
        for first in range(0, len(samples), size):
            batch = samples[first:first + size]
            if len(batch) == size or not self.settings.drop_last:
                yield batch

    def batches(self, samples, epochs=None, steps=0):
        """Of so many epochs (the manifest's where none are given), or the first `steps` of as many epochs as it takes."""
        if steps > 0:
            once = list(self.epoch(samples, self.settings.batch))
            yield from itertools.islice(itertools.cycle(once), steps)
        else:
            for _ in range(self.settings.epochs if epochs is None else epochs):
                yield from self.epoch(samples, self.settings.batch)

    def draws(self, samples, parts):
        """(D, D', …): so many batches at once, in order; a draw whose last part is empty is passed over."""
        size = self.settings.batch
        for _ in range(self.settings.epochs):
            for draw in self.epoch(samples, parts * size):
                if len(draw) > (parts - 1) * size:
                    yield [draw[i * size:(i + 1) * size] for i in range(parts)]

    def descent(self, values, names, stretch=1, lr_scale=1):
        """A new optimizer, as the manifest says."""
        s = self.settings
        return Descent(values, names, s.optimizer, s.lr * lr_scale, s.momentum, s.weight_decay, s.clip_norm, stretch)

    def train(self, client, names, epochs=None, along=lambda gradient, batch: gradient, stretch=1, plain=False, lr_scale=1):
        """One phase: so many epochs on the tensors named, everything else as it is. plain: with nothing of the manifest's optimizer
        but its rate."""
        if not names:
            return
        descent = Descent(client.model, names, "sgd", self.lr, 0, 0, 0) if plain else self.descent(client.model, names, stretch, lr_scale)
        for batch in self.batches(client.train, epochs):
            descent.step(along(self.gradient(client.model, names, batch), batch))
            client.steps += 1

    @staticmethod
    def score(logits, labels):
        """(share of samples whose class is the likeliest, mean loss)"""
        hits = (logits.argmax(dim=1) == labels).double().mean()
        return float(hits), float(functional.cross_entropy(logits, labels))
