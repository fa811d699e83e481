"""The images of a trace: drawn from the seed, written in CIFAR's binary layout, and divided over clients of unequal size."""
import json

import numpy as np
import torch

SIZE = 32  # CIFAR's
FILES = {"cifar10": [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"], "cifar100": ["train.bin", "test.bin"]}


class Samples:
    """Images [n, 3, 32, 32], normalised, and labels [n], in stored order."""

    def __init__(self, pixels, labels, dtype):
        self.images = (torch.from_numpy(pixels).to(dtype) / 255 - 0.5) / 0.5
        self.labels = torch.from_numpy(labels)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, rows):
        part = object.__new__(Samples)
        part.images, part.labels = self.images[rows], self.labels[rows]
        return part


class Data:
    """pixels uint8 [N, 3, 32, 32], labels int64 [N]; split: each client's indices into them, {"train": […], "test": […]}."""

    def __init__(self, pixels, labels, split):
        self.pixels, self.labels, self.split = pixels, labels, split

    def samples(self, client, part, dtype):
        rows = self.split[client][part]
        return Samples(self.pixels[rows], self.labels[rows], dtype)


def training_sizes(clients, batch, random):
    """No multiple of a batch: by turns 2B and a rest (the last draw of 2B has no D'), 3B and a rest; of several one is below B."""
    sizes = [batch * (2 + i % 2) + int(random.integers(1, max(batch, 2))) for i in range(clients)]
    if clients > 1:
        sizes[int(random.integers(clients))] = int(random.integers(1, max(batch, 2)))
    return sizes


def draw(classes, clients, batch, seed):
    """Learnable images: a coarse pattern for each class under noise; every client prefers classes of its own."""
    random = np.random.default_rng([seed, 1])
    train = training_sizes(clients, batch, random)
    test = [int(n) for n in random.integers(5, 13, clients)]
    total = sum(train) + sum(test) + 7  # seven belong to nobody
    labels = random.integers(classes, size=total)
    place = random.permutation(total)
    split, first = [], 0
    for n, m in zip(train, test):
        mine = place[first:first + n + m]
        labels[mine] = random.choice(classes, size=n + m, p=random.dirichlet(np.full(classes, 0.5)))
        split.append({"train": mine[:n].tolist(), "test": mine[n:].tolist()})
        first += n + m
    patterns = random.normal(0, 60, (classes, 3, 4, 4)).repeat(8, axis=2).repeat(8, axis=3)
    pixels = 128 + patterns[labels] + random.normal(0, 40, (total, 3, SIZE, SIZE))
    return Data(pixels.clip(0, 255).astype(np.uint8), labels.astype(np.int64), split)


def write(data, source, folder):
    """CIFAR's files under folder/data, training files first, then the test file; and folder/split.json."""
    target = folder / "data"
    target.mkdir()
    kept_for_test = len(data.labels) // 4
    ends = np.linspace(0, len(data.labels) - kept_for_test, len(FILES[source])).astype(int).tolist() + [len(data.labels)]
    for name, first, last in zip(FILES[source], ends, ends[1:]):
        with open(target / name, "wb") as file:
            for pixels, label in zip(data.pixels[first:last], data.labels[first:last].tolist()):
                head = [label] if source == "cifar10" else [label * 7 % 20, label]  # cifar100: a coarse label goes before
                file.write(bytes(head) + pixels.tobytes())
    (folder / "split.json").write_text(json.dumps({"clients": data.split}))
