"""What the drivers of official_libraries.py and official_authors.py share: the setting of a comparison, and ways to load code, run it
and name what it leaves."""
import contextlib
import copy
import importlib
import io
import sys
import types

import torch

import trace_data
import trace_model
from timm_import import lent
from trace_reference import arguments
from trace_rounds import Federation

BATCH = 4
PLAIN = types.SimpleNamespace
LENT = ("h5py", "sklearn", "torchvision", "wandb", "opacus", "pandas", "statsmodels", "tensorflow", "tqdm", "mpi4py", "matplotlib",
        "cvxopt", "ray", "hydra", "omegaconf", "rich", "scipy", "PIL", "cv2", "tensorboardX", "ujson", "torchmetrics",
        "tensorflow_federated", "attr", "six", "torchaudio", "lmdb", "pynvml", "torchinfo")


class Case:
    """The setting of one comparison: the reference's federation, and the same for official code."""

    def __init__(self, seed, strategy, given, least=2):
        """least: clients of fewer samples are left out, for codes that give a client without a step its weight all the same."""
        settings = arguments(["--strategy", strategy, "--out", "unused", "--seed", str(seed), "--clients", "5", *given.split()])
        data = trace_data.draw(settings.classes, settings.clients, 2 * BATCH, seed)
        for part in data.split:
            if len(part["train"]) % BATCH == 1:
                part["train"].pop()  # some codes pass over batches of one
        data.split = [part for part in data.split if len(part["train"]) >= least]
        settings.clients, settings.batch = len(data.split), BATCH
        self.strategy, self.given, self.settings = strategy, given, settings
        self.module = trace_model.build(settings.patch, settings.width, settings.depth, settings.heads, 10, settings.prefix)
        self.initial = trace_model.initial_values(self.module, seed, torch.float64)
        self.federation = Federation(settings, self.module.eval(), self.initial, data)
        self.samples = [client.train for client in self.federation.clients]
        self.sizes = [len(samples) for samples in self.samples]
        self.lr, self.epochs, self.rounds = settings.lr, settings.epochs, settings.rounds

    def model(self):
        """timm's ViT with the initial weights, without prefixes."""
        settings = self.settings
        model = trace_model.build(settings.patch, settings.width, settings.depth, settings.heads, 10).double()
        model.load_state_dict({name: value for name, value in self.initial.items() if ".prefix." not in name})
        return model

    def batches(self, client, size=BATCH):
        """[(images, labels)]; of draws of 2B only those that have a second part."""
        samples = self.samples[client]
        parts = [samples[first:first + size] for first in range(0, len(samples), size)]
        return [(part.images, part.labels) for part in parts if len(part) > size - BATCH or size == BATCH]

    def expected(self, tuned=False):
        """What the reference has after its rounds: shared tensors, and each client's; tuned: what it predicts with, too."""
        federation = self.federation
        federation.run()
        served = {f"served.{federation.strategy.serves}.{n}": value for n, value in federation.served.items()}
        clients = [federation.tensors(client) for client in federation.clients]
        for client, tensors in zip(federation.clients, clients if tuned else []):
            tensors.update({f"tuned.{n}": value for n, value in federation.strategy.predictor(client).items()})
        return {**federation.shared, **served}, clients

    def difference(self, shared, clients, tuned=False):
        """The largest, of everything that the reference has; official code may leave more behind."""
        expected, others = self.expected(tuned)
        largest = 0.0
        for left, right in zip([expected, *others], [shared, *clients], strict=True):
            for name, value in left.items():
                found = torch.as_tensor(right[name]).detach()
                if found.dtype != torch.float64 or found.shape != value.shape:
                    raise SystemExit(f"{name}: official code has left fp64, or another shape")
                largest = max(largest, float((value - found).abs().max()))
        if not self.federation.moved(self.initial) > 1e-3:
            raise SystemExit(f"{self.strategy}: nothing has moved")
        return largest


def named(model, rename=lambda name: name, prefix=""):
    """A module's values under the reference's names."""
    return {prefix + rename(name): value.detach().clone() for name, value in model.named_parameters()}


class Split(torch.nn.Module):
    """A ViT as the codes want it that ask for a .base and a head, which some call `linear`."""

    def __init__(self, model, head="head"):
        super().__init__()
        self.base, self.last = model, head
        setattr(self, head, model.head)
        model.head = torch.nn.Identity()

    def forward(self, x):
        return getattr(self, self.last)(self.base(x))

    @staticmethod
    def own_name(name):
        return name.removeprefix("base.").replace("linear.", "head.")


def rounds(case, model, turn, keeps, weights, closing=None):
    """The rounds of a code that has its server in a script: what is kept and the mean are made here. turn(client, net) trains net,
    and so does closing, after the last mean."""
    values, kept, total = copy.deepcopy(model.state_dict()), [{} for _ in case.sizes], sum(weights)

    def trained(i, train):
        net = copy.deepcopy(model)
        net.load_state_dict({**values, **kept[i]})
        train(i, net)
        state = copy.deepcopy(net.state_dict())
        kept[i] = {n: value for n, value in state.items() if keeps(n)}
        return state
    for _ in range(case.rounds):
        states = [trained(i, turn) for i in range(len(case.sizes))]
        values = {n: sum(weight / total * state[n] for weight, state in zip(weights, states)) for n in values}
    for i in range(len(case.sizes) if closing else 0):
        trained(i, closing)
    return [{Split.own_name(n): value for n, value in part.items()} for part in [values, *kept]]


def load(name, folder, instead=()):
    """A module of the checkout. What it imports for plots, logs and data sets, and never uses here, is stood in for; `instead`: also
    where it is there."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    with lent(LENT, instead):
        return importlib.import_module(name)


def quiet(work):
    with contextlib.redirect_stdout(io.StringIO()):
        return work()
