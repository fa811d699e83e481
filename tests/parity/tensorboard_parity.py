"""Event files of `graft run --tensorboard`, read by TensorBoard itself, against rounds.jsonl.

  python tensorboard_parity.py GRAFT FOLDER

Two runs: one killed between two checkpoints and gone on with, one whole and then made longer. TensorBoard must show each round
once, with the numbers of rounds.jsonl.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import time

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

MANIFEST = """
seed = 1
rounds = {rounds}
checkpoint.every_rounds = 4
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


def command(graft, out, rounds, *more):
    manifest = out.with_suffix(".toml")
    manifest.write_text(MANIFEST.format(rounds=rounds))
    return [graft, "run", manifest, "--out", out, "--tensorboard", "--quiet", *more]


def rounds_in(out):
    file = out / "rounds.jsonl"
    return file.read_text().count("\n") if file.exists() else 0


def killed(graft, out, rounds):
    """Killed with a round that no checkpoint has, before the first one and again behind it, then gone on with to its end."""
    for at in (2, 6):
        process = subprocess.Popen(command(graft, out, rounds, *(["--resume"] if at > 2 else [])))
        while process.poll() is None and rounds_in(out) < at:
            time.sleep(0.001)
        process.kill()
        process.wait()
    subprocess.run(command(graft, out, rounds, "--resume"), check=True)


def longer(graft, out, rounds):
    subprocess.run(command(graft, out, rounds // 2), check=True)
    subprocess.run(command(graft, out, rounds, "--resume"), check=True)


def failures(out, files):
    records = [json.loads(line) for line in (out / "rounds.jsonl").read_text().splitlines()]
    events = EventAccumulator(str(out))
    events.Reload()
    written = len(list(out.glob("events.out.tfevents.*")))
    failed = int(written != files)
    print(f"{out.name}: {len(records)} rounds, {written} event files{'  FAILS' if failed else ''}")
    for tag, of in TAGS.items():
        shown, steps = events.Scalars(tag), [record["round"] for record in records]
        same = [scalar.step for scalar in shown] == steps
        worst = max(abs(scalar.value - of(record)) / max(1, abs(of(record))) for scalar, record in zip(shown, records)) if same else None
        good = same and worst < 1e-6
        print(f"  {tag:20} {len(shown)} points, {f'{worst:.1e}' if same else 'other steps'}{'' if good else '  FAILS'}")
        failed += not good
    return failed


def main():
    graft, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    killed(graft, folder / "killed", 200)
    longer(graft, folder / "longer", 6)
    return bool(failures(folder / "killed", 3) + failures(folder / "longer", 2))


if __name__ == "__main__":
    sys.exit(main())
