"""timm's ViT on drawn weights and images: logits, loss and every gradient, left in a folder that vit_parity recomputes.

python vit_reference.py --out DIR [--model vit_tiny_patch16_224 | --image 48 --patch 8 --width 60 …] [--positions-from GRID] [--seed 3]
"""
import argparse
import json
import pathlib
import sys

EVERY_TYPE = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="", help="a name that timm.create_model knows; else the fields below")
    for name, value in dict(image=32, patch=4, width=48, depth=2, heads=3, classes=10, batch=4).items():
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--mlp-ratio", type=float, default=4.0)
    parser.add_argument("--positions-from", type=int, default=0, metavar="GRID", help="the grid of the file's positions, if another")
    parser.add_argument("--spread", type=float, default=0.05, help="of the noise laid over timm's initial values, whose biases are zero")
    return parser.parse_args()


def build(timm, given):
    if given.model:
        return timm.create_model(given.model, pretrained=False, num_classes=given.classes)
    return timm.models.vision_transformer.VisionTransformer(
        img_size=given.image, patch_size=given.patch, embed_dim=given.width, depth=given.depth, num_heads=given.heads,
        mlp_ratio=given.mlp_ratio, num_classes=given.classes)


def shape_of(model):
    """What a manifest's [backbone] says of it."""
    block = model.blocks[0]
    return {"image_size": model.patch_embed.img_size[0], "patch_size": model.patch_embed.patch_size[0], "width": model.embed_dim,
            "depth": len(model.blocks), "heads": block.attn.num_heads,
            "mlp_ratio": block.mlp.fc1.out_features / model.embed_dim, "classes": model.num_classes}


def draw_weights(torch, model, spread):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(spread * torch.randn_like(parameter))


def weights_for_file(torch, timm, model, grid):
    """The state to be stored; with positions of another grid the model takes timm's resampled ones."""
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    if grid:
        other = 0.2 * torch.randn(1, 1 + grid * grid, model.embed_dim)
        state["pos_embed"] = other
        with torch.no_grad():
            model.pos_embed.copy_(timm.layers.resample_abs_pos_embed(other, list(model.patch_embed.grid_size)))
    return state


def main():
    given = arguments()
    try:
        import torch
        from safetensors.torch import save_file
        from timm_import import load_timm
        timm = load_timm()
    except ImportError as missing:
        print(f"skipped: {missing}")
        sys.exit(77)
    torch.manual_seed(given.seed)
    model = build(timm, given)
    draw_weights(torch, model, given.spread)
    weights = weights_for_file(torch, timm, model, given.positions_from)
    shape = shape_of(model)
    images = torch.randn(given.batch, 3, shape["image_size"], shape["image_size"])
    labels = torch.randint(shape["classes"], (given.batch,))

    logits = model(images)
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    expected = {"logits": logits.detach(), "loss": loss.detach(), "pos_embed": model.pos_embed.detach().clone()}
    expected |= {"gradient." + name: parameter.grad for name, parameter in model.named_parameters()}

    given.out.mkdir(parents=True, exist_ok=True)
    save_file(weights, given.out / "weights.safetensors")
    save_file({"images": images, "labels": labels}, given.out / "inputs.safetensors")
    save_file(expected, given.out / "expected.safetensors")
    types = {name: torch.randint(2, (3, 5)).to(getattr(torch, name)) for name in EVERY_TYPE}
    save_file(types | {"empty": torch.zeros(0, 3), "scalar": torch.tensor(2.5)}, given.out / "types.safetensors")
    (given.out / "case.json").write_text(json.dumps(shape, indent=1) + "\n")


if __name__ == "__main__":
    main()
