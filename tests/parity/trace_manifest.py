"""The manifest with which `graft run` replays a trace: everything said that bears on the numbers; lanes are the command line's."""
import json


def toml(value):
    """A number, truth value, text or list of texts, as TOML spells it (JSON does likewise)."""
    return repr(value) if isinstance(value, float) else json.dumps(value)


def table(values):
    return "\n".join(f"{key} = {toml(value)}" for key, value in values.items())


def write(settings, source, folder):
    s = settings
    momentum = f", momentum = {toml(s.momentum)}" if s.optimizer == "sgd" else ""
    server = {"use": s.server_optimizer, "lr": s.server_lr, **({"momentum": s.server_momentum} if s.server_momentum > 0 else {}),
              **s.server_given}
    modules = "" if s.prefix_by_default or s.prefix is None else f"""
[[modules]]
use = "prefix"
mode = "additive"
{table(s.prefix)}
"""
    (folder / "manifest.toml").write_text(f"""# Made by trace_reference.py: its results are in expected/.
name = "trace-{s.strategy}"
seed = {s.seed}
rounds = {s.rounds}
device = "cpu"
precision = "{"fp64" if s.dtype == "float64" else "fp32"}"

[data]
source = "{source}"
path = "data"
clients = {s.clients}
split = {{ by = "file", path = "split.json" }}
shuffle = false
mean = 0.5
std = 0.5

[backbone]
image_size = {s.image}
patch_size = {s.patch}
width = {s.width}
depth = {s.depth}
heads = {s.heads}
mlp_ratio = 4.0
weights = "weights.safetensors"
freeze = {toml(s.freeze)}
{modules}
[strategy]
use = "{s.strategy}"
{table(s.option)}

[training]
cohort = 1.0
epochs = {s.epochs}
batch = {s.batch}
drop_last = {toml(s.drop_last)}
optimizer = {{ use = "{s.optimizer}", lr = {toml(s.lr)}{momentum}, weight_decay = {toml(s.weight_decay)} }}
lr_schedule = {{ use = "constant" }}
clip_norm = {toml(s.clip_norm)}

[server]
optimizer = {{ {table(server).replace(chr(10), ", ")} }}

[evaluation]
every = 1
when = "after_merge"
clients = "all"
""")
