#!/usr/bin/env python3
"""What a frozen trunk saves: ViT-S/16 at 224 on 64 clients, low-rank changes of a frozen trunk against training everything.

python frozen.py GRAFT [--clients 64] [--batch 2] [--folder DIR]

Each case is a run of one round, one step a client, in a process of its own. Every client keeps what it trains: `fedperfix` with
LoRA (r = 8 at attn.qkv) and the head, against `local`, a whole model each. A step's time is the processor's, on one thread: what a
round takes over none, so that other work on the machine matters little.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile

MANIFEST = """device = "cpu"
lanes = 1
[data]
source = "shapes"
classes = 10
samples = {samples}
clients = {clients}
split = {{ by = "iid" }}
test_fraction = 0.1
[backbone]
preset = "vit_small_patch16_224"
{backbone}
[strategy]
use = "{strategy}"
[training]
batch = {batch}
drop_last = true
optimizer = {{ use = "{optimizer}", lr = 0.001 }}
[evaluation]
every = 0
"""
FROZEN = 'freeze = ["!(head | module)"]\n[[modules]]\nuse = "lora"\nrank = 8'
CASES = {"LoRA, frozen trunk": ("fedperfix", FROZEN), "everything": ("local", "")}


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime


def run(graft, manifest, folder, rounds):
    """The run's summary, the bytes of its checkpoint, and the processor's seconds."""
    before = processor_seconds()
    subprocess.run([graft, "run", manifest, "--out", folder, "--quiet", "--set", f"rounds={rounds}"], check=True,
                   env=os.environ | {"OMP_NUM_THREADS": "1"})
    summary = json.loads((folder / "summary.json").read_text())
    stored = sum(file.stat().st_size for file in (folder / "checkpoint").rglob("*") if file.is_file())
    shutil.rmtree(folder)
    return summary, stored, processor_seconds() - before


def measure(graft, folder, text):
    manifest = folder / "manifest.toml"
    manifest.write_text(text)
    _, _, without = run(graft, manifest, folder / "run", 0)
    summary, stored, seconds = run(graft, manifest, folder / "run", 1)
    steps = summary["time"]["client_steps"]
    parameters = summary["parameters"]
    return {"trained parameters": parameters["total"] - parameters["frozen"],
            "own bytes a client": 4 * parameters["personal"], "checkpoint, bytes": stored,
            "peak memory, bytes": summary["peak_memory_bytes"], "seconds a step": (seconds - without) / max(1, steps),
            "seconds a step, by the clock": summary["time"]["train_s"] / max(1, steps), "steps": steps}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graft", type=pathlib.Path)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--optimizer", default="adamw", help="adamw keeps two numbers for each that is trained; sgd none")
    parser.add_argument("--folder", help="for the runs, which are removed; a checkpoint of whole models is large")
    given = parser.parse_args()
    cases = []
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for name, (strategy, backbone) in CASES.items():
            text = MANIFEST.format(clients=given.clients, batch=given.batch, samples=given.batch + 1, optimizer=given.optimizer,
                                   strategy=strategy, backbone=backbone)
            cases.append(measure(given.graft.resolve(), pathlib.Path(folder), text))
            print(f"{name}: {json.dumps(cases[-1])}", flush=True)
    small, large = cases
    print(f"\n{'':32}" + "".join(f"{name:>22}" for name in CASES) + f"{'ratio':>10}")
    for key in small:
        cells = [f"{case[key]:,.3f}" if isinstance(case[key], float) else f"{case[key]:,}" for case in cases]
        print(f"{key:32}" + "".join(f"{cell:>22}" for cell in cells) + f"{large[key] / small[key]:>10.2f}")


if __name__ == "__main__":
    main()
