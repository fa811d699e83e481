#!/usr/bin/env python3
"""Federated training in plain PyTorch and timm, which shares nothing with Graft. Leaves a folder that `graft run` replays:
manifest.toml, data/, split.json, weights.safetensors, and expected/ with the tensors and scores after the last round."""
import argparse
import json
import pathlib

import torch
from safetensors.torch import save_file

import trace_data
import trace_manifest
import trace_model
from trace_rounds import Federation, all_finite
from trace_strategies import STRATEGIES

PREFIX = {"bottleneck": 256, "scale": 1.5, "last_blocks": 0}
SERVER = {"beta1": 0.9, "beta2": 0.99, "tau": 1e-3}  # of adam and yogi
LEAST_MOVE = 1e-3  # a trace in which nothing moves proves nothing


def pair(text):
    """key=value; the value a truth value, a number or a text."""
    key, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"'{text}': expected key=value")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value


def arguments(given=None):
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--strategy", choices=STRATEGIES, required=True)
    add("--out", type=pathlib.Path, required=True, metavar="DIR", help="a folder that is not there yet")
    add("--seed", type=int, default=0, help="of images, split and initial weights")
    add("--rounds", type=int, default=3)
    add("--clients", type=int, default=4)
    add("--image", type=int, choices=[trace_data.SIZE], default=trace_data.SIZE, help="fixed by CIFAR's format")
    add("--patch", type=int, default=8)
    add("--width", type=int, default=24)
    add("--depth", type=int, default=2)
    add("--heads", type=int, default=3)
    add("--classes", type=int, default=10, help="that occur: up to 10 makes cifar10, up to 100 cifar100")
    add("--epochs", type=int, default=1)
    add("--batch", type=int, default=8)
    add("--drop-last", action="store_true")
    add("--optimizer", choices=["sgd", "adamw"], default="sgd")
    add("--lr", type=float, default=0.05)
    add("--momentum", type=float, default=0.0)
    add("--weight-decay", type=float, default=0.0)
    add("--clip-norm", type=float, default=0.0)
    add("--server-optimizer", choices=["sgd", "adam", "yogi"], default="sgd")
    add("--server-lr", type=float, help="1 for sgd; the others have none of their own")
    add("--server-momentum", type=float, default=0.0, help="of sgd")
    for key in SERVER:
        add(f"--server-{key}", type=float, help=f"{SERVER[key]} where it is not given")
    add("--cohort", choices=["all"], default="all", help="clients are sampled inside Graft, so all take part")
    add("--freeze", action="append", default=[], metavar="SELECTOR", help="a role, blocks.N or a glob")
    add("--option", type=pair, action="append", default=[], metavar="KEY=VALUE", help="of the strategy")
    add("--module-option", type=pair, action="append", default=[], metavar="KEY=VALUE",
        help="of the prefix: bottleneck, scale, last_blocks; puts prefixes under any strategy")
    add("--dtype", choices=["float64", "float32"], default="float64")
    settings = parser.parse_args(given)
    settings.option, module = dict(settings.option), dict(settings.module_option)
    if set(module) - set(PREFIX):
        parser.error(f"--module-option: expected some of {sorted(PREFIX)}")
    if not 1 <= settings.classes <= 100 or trace_data.SIZE % settings.patch or settings.width % settings.heads:
        parser.error("--classes is 1 to 100, --patch divides 32, --heads divides --width")
    if settings.optimizer == "adamw" and settings.momentum:
        parser.error("--momentum is of sgd")
    settings.server_given = {key: getattr(settings, f"server_{key}") for key in SERVER if getattr(settings, f"server_{key}") is not None}
    if settings.server_optimizer == "sgd":
        settings.server_lr = 1.0 if settings.server_lr is None else settings.server_lr
    if settings.server_lr is None or (settings.server_momentum if settings.server_optimizer != "sgd" else settings.server_given):
        parser.error("the server's adam and yogi need --server-lr, betas and tau are theirs, momentum is sgd's")
    for key, value in {**SERVER, **settings.server_given}.items():
        setattr(settings, f"server_{key}", value)
    settings.prefix_by_default = settings.strategy == "fedperfix" and not module
    settings.prefix = {**PREFIX, **module} if module or settings.prefix_by_default else None
    return settings


def save(tensors, path):
    save_file({name: value.contiguous() for name, value in tensors.items()}, path)


def prepare(settings):
    """Images, split and initial weights, all from the seed: (federation, data, initial)."""
    torch.set_num_threads(1)
    head = 10 if settings.classes <= 10 else 100
    data = trace_data.draw(settings.classes, settings.clients, settings.batch, settings.seed)
    model = trace_model.build(settings.patch, settings.width, settings.depth, settings.heads, head, settings.prefix).eval()
    initial = trace_model.initial_values(model, settings.seed, getattr(torch, settings.dtype))
    return Federation(settings, model, initial, data), data, initial


def make_case(settings):
    """Writes the folder; returns how far the training moved."""
    folder = settings.out
    folder.mkdir(parents=True)
    source = "cifar10" if settings.classes <= 10 else "cifar100"
    federation, data, initial = prepare(settings)
    trace_data.write(data, source, folder)
    trace_manifest.write(settings, source, folder)
    save(initial, folder / "weights.safetensors")

    scores = federation.run()
    expected = folder / "expected"
    expected.mkdir()
    clients = [federation.tensors(client) for client in federation.clients]
    served = {f"served.{federation.strategy.serves}.{name}": value for name, value in federation.served.items()}
    save({**federation.shared, **served}, expected / "shared.safetensors")
    for number, tensors in enumerate(clients):
        save(tensors, expected / f"client-{number:04}.safetensors")
    (expected / "scores.json").write_text(json.dumps({"clients": [
        {"id": i, "train_samples": len(client.train), "test_samples": len(client.test), "accuracy": accuracy, "loss": loss}
        for i, (client, (accuracy, loss)) in enumerate(zip(federation.clients, scores))]}, indent=1))

    moved = federation.moved(initial)
    if not all(map(all_finite, [federation.shared, *clients])) or not moved > LEAST_MOVE:
        raise SystemExit(f"{folder}: the training diverged or did nothing (moved {moved:.1e}): choose another --lr")
    return moved


if __name__ == "__main__":
    given = arguments()
    print(f"{given.out}: {given.strategy}, {given.rounds} rounds, the largest change of a number is {make_case(given):.2g}")
