"""Event files of `graft run --tensorboard`, read by TensorBoard itself, against rounds.jsonl.

  python tensorboard_parity.py GRAFT FOLDER

A run that is ended in its midst and gone on with: TensorBoard must show each round once, with the numbers of rounds.jsonl.
"""
import json
import pathlib
import shutil
import subprocess
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

MANIFEST = """
seed = 1
rounds = {rounds}
[data]
source = "shapes"
samples = 30
clients = 4
validation_fraction = 0.2
[backbone]
image_size = 8
patch_size = 4
width = 16
depth = 1
heads = 2
[strategy]
use = "fedavg"
"""
TAGS = {
    "accuracy/mean": lambda record: record["accuracy"]["mean"],
    "loss": lambda record: record["loss"],
    "train/loss": lambda record: record["train_loss"],
    "validation/accuracy": lambda record: record["validation"]["mean"],
    "traffic/up": lambda record: record["upload_bytes"],
}


def run(graft, folder, rounds, *more):
    manifest = folder / "small.toml"
    manifest.write_text(MANIFEST.format(rounds=rounds))
    subprocess.run([graft, "run", manifest, "--out", folder / "run", "--tensorboard", "--quiet", *more], check=True)


def main():
    graft, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run(graft, folder, 3)
    run(graft, folder, 5, "--resume")
    records = [json.loads(line) for line in (folder / "run/rounds.jsonl").read_text().splitlines()]
    events = EventAccumulator(str(folder / "run"))
    events.Reload()
    failed = 0
    for tag, of in TAGS.items():
        shown = {scalar.step: scalar.value for scalar in events.Scalars(tag)}
        wanted = {record["round"]: of(record) for record in records}
        worst = max(abs(shown[step] - value) / max(1, abs(value)) for step, value in wanted.items()) if shown.keys() == wanted.keys() else None
        good = worst is not None and worst < 1e-6
        print(f"{tag:20} {len(shown)} steps, {'other steps' if worst is None else f'{worst:.1e}'}{'' if good else '  FAILS'}")
        failed += not good
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
