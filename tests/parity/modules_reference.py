"""Every module in plain PyTorch on timm's ViT: logits, loss and every gradient, a folder a case, which modules_parity recomputes.

python modules_reference.py --out DIR [--seed 1]
"""
import argparse
import math
import pathlib
import sys

IMAGE, PATCH, WIDTH, DEPTH, HEADS, CLASSES, BATCH = 16, 4, 24, 3, 3, 5, 6

# A case: for each module its `use` and options, as the manifest has them.
CASES = {
    "prefix_additive": [dict(use="prefix", bottleneck=7, scale=1.5)],
    "prefix_additive_last": [dict(use="prefix", bottleneck=7, scale=0.8, last_blocks=2)],
    "prefix_concat": [dict(use="prefix", mode="concat", bottleneck=7, scale=1.5)],
    "prefix_linear": [dict(use="prefix", mode="linear", scale=0.7)],
    "prefix_tokens": [dict(use="prefix", mode="tokens", tokens=4, scale=1.2)],
    "adapter": [dict(use="adapter", bottleneck=5)],
    "prompt_deep": [dict(use="prompt", tokens=3, deep=True)],
    "prompt_shallow": [dict(use="prompt", tokens=3, deep=False)],
    "lora": [dict(use="lora", rank=4, alpha=16.0, targets=["attn.qkv"])],
    "lora_everywhere": [dict(use="lora", rank=2, alpha=3.0, targets=["attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2"])],
    "prompt_and_prefix": [dict(use="prompt", tokens=2, deep=True), dict(use="prefix", mode="concat", bottleneck=7)],
    "all_four": [dict(use="prompt", tokens=2, deep=False), dict(use="lora", rank=2, targets=["attn.qkv", "mlp.fc2"]),
                 dict(use="prefix", bottleneck=7), dict(use="adapter", bottleneck=5)],
}


def add_modules(torch, model, modules):
    """Parameters under Graft's names, beside timm's."""
    nn = torch.nn
    for i, block in enumerate(model.blocks):
        for given in modules:
            use = given["use"]
            made = nn.Module()
            if use == "prefix" and i >= DEPTH - (given.get("last_blocks") or DEPTH):
                mode = given.get("mode", "additive")
                if mode == "tokens":
                    made.keys = nn.Parameter(torch.zeros(given["tokens"], WIDTH))
                    made.values = nn.Parameter(torch.zeros(given["tokens"], WIDTH))
                elif mode == "linear":
                    made.linear = nn.Linear(WIDTH, 2 * WIDTH)
                else:
                    made.down = nn.Linear(WIDTH, given["bottleneck"])
                    made.up = nn.Linear(given["bottleneck"], 2 * WIDTH)
                block.prefix = made
            elif use == "adapter":
                made.down = nn.Linear(WIDTH, given["bottleneck"])
                made.up = nn.Linear(given["bottleneck"], WIDTH)
                block.adapter = made
            elif use == "prompt" and (given["deep"] or i == 0):
                made.tokens = nn.Parameter(torch.zeros(given["tokens"], WIDTH))
                block.prompt = made
            elif use == "lora":
                for target in given["targets"]:
                    layer = block.get_submodule(target)
                    layer.lora = nn.Module()
                    layer.lora.a = nn.Parameter(torch.zeros(given["rank"], layer.in_features))
                    layer.lora.b = nn.Parameter(torch.zeros(layer.out_features, given["rank"]))


def forward(torch, model, modules, images):
    """A ViT written out, images [B, C, H, W] to logits [B, classes]."""
    functional = torch.nn.functional
    option = {given["use"]: given for given in modules}

    def apply(layer, x):
        y = functional.linear(x, layer.weight, layer.bias)
        if hasattr(layer, "lora"):
            scale = option["lora"].get("alpha", 16.0) / option["lora"]["rank"]
            y = y + scale * (x @ layer.lora.a.T) @ layer.lora.b.T
        return y

    def keys_and_values(block, z, keys, values):
        if not hasattr(block, "prefix"):
            return keys, values
        mode, scale = option["prefix"].get("mode", "additive"), option["prefix"].get("scale", 1.5)
        prefix = block.prefix
        if mode == "tokens":
            for_keys, for_values = (t.expand(len(z), -1, -1) for t in (prefix.keys, prefix.values))
        elif mode == "linear":
            for_keys, for_values = prefix.linear(z).chunk(2, dim=-1)
        else:
            for_keys, for_values = prefix.up(torch.tanh(prefix.down(z))).chunk(2, dim=-1)
        if mode in ("additive", "linear"):
            return keys + scale * for_keys, values + scale * for_values
        return torch.cat([scale * for_keys, keys], 1), torch.cat([scale * for_values, values], 1)

    def attention(q, k, v):
        q, k, v = (t.unflatten(-1, (HEADS, -1)).transpose(1, 2) for t in (q, k, v))
        weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(WIDTH // HEADS), -1)
        return (weights @ v).transpose(1, 2).flatten(2)

    x = model.patch_embed(images)
    x = torch.cat([model.cls_token.expand(len(x), -1, -1), x], 1) + model.pos_embed
    for block in model.blocks:
        length = x.shape[1]
        if hasattr(block, "prompt"):
            x = torch.cat([x, block.prompt.tokens.expand(len(x), -1, -1)], 1)
        z = block.norm1(x)
        q, k, v = apply(block.attn.qkv, z).chunk(3, dim=-1)
        x = x + apply(block.attn.proj, attention(q, *keys_and_values(block, z, k, v)))
        x = x + apply(block.mlp.fc2, functional.gelu(apply(block.mlp.fc1, block.norm2(x))))
        if hasattr(block, "adapter"):
            x = x + block.adapter.up(functional.gelu(block.adapter.down(x)))
        if "prompt" in option and option["prompt"]["deep"]:
            x = x[:, :length]
    return model.head(model.norm(x)[:, 0])


def manifest(modules):
    def value(given):
        if isinstance(given, list):
            return "[" + ", ".join(value(item) for item in given) + "]"
        return str(given).lower() if isinstance(given, bool) else f'"{given}"' if isinstance(given, str) else str(given)

    text = f"""[data]
source = "shapes"
classes = {CLASSES}
[backbone]
image_size = {IMAGE}
patch_size = {PATCH}
width = {WIDTH}
depth = {DEPTH}
heads = {HEADS}
weights = "weights.safetensors"
[strategy]
use = "fedavg"
"""
    for given in modules:
        text += "[[modules]]\n" + "".join(f"{key} = {value(item)}\n" for key, item in given.items())
    return text


def make_case(torch, timm, save_file, folder, modules):
    model = timm.models.vision_transformer.VisionTransformer(
        img_size=IMAGE, patch_size=PATCH, embed_dim=WIDTH, depth=DEPTH, num_heads=HEADS, num_classes=CLASSES).double()
    images = torch.randn(BATCH, 3, IMAGE, IMAGE, dtype=torch.float64)
    labels = torch.randint(CLASSES, (BATCH,))
    apart = (forward(torch, model, [], images) - model(images)).abs().max().item()
    assert apart < 1e-12, f"the ViT written out is {apart} from timm's"
    add_modules(torch, model, modules)
    model.double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: parameter.detach().clone() for name, parameter in model.named_parameters()}, folder / "weights.safetensors")
    save_file({"images": images, "labels": labels}, folder / "inputs.safetensors")
    for name, dtype in (("fp64", torch.float64), ("fp32", torch.float32)):
        model.to(dtype).zero_grad()
        logits = forward(torch, model, modules, images.to(dtype))
        loss = torch.nn.functional.cross_entropy(logits, labels)
        loss.backward()
        expected = {"logits": logits.detach(), "loss": loss.detach()}
        expected |= {"gradient." + tensor: parameter.grad.clone() for tensor, parameter in model.named_parameters()}
        save_file(expected, folder / f"expected.{name}.safetensors")
    (folder / "case.toml").write_text(manifest(modules))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    try:
        import torch
        from safetensors.torch import save_file
        from timm_import import load_timm
        timm = load_timm()
    except ImportError as missing:
        print(f"skipped: {missing}")
        sys.exit(77)
    torch.manual_seed(given.seed)
    for name, modules in CASES.items():
        make_case(torch, timm, save_file, given.out / name, modules)


if __name__ == "__main__":
    main()
