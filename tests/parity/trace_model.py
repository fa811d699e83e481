"""The model of a trace: timm's VisionTransformer, with prefixes where they are asked for, and what each of its tensors is."""
import fnmatch
import functools

import torch
from torch import nn
from torch.nn import functional

from timm_import import load_timm


class Prefix(nn.Module):
    """FedPerfix's generator: z [B, N, d] to what is added to the keys and to the values, each [B, N, d]."""

    def __init__(self, width, bottleneck):
        super().__init__()
        self.down = nn.Linear(width, bottleneck)
        self.up = nn.Linear(bottleneck, 2 * width)

    def forward(self, z):
        return self.up(torch.tanh(self.down(z))).chunk(2, dim=-1)


def prefixed_attention(block, scale, z, attn_mask=None):
    """The forward of timm's Attention (which is always handed a mask, here none), with K = Wk z + s P_k and V = Wv z + s P_v."""
    attention = block.attn
    query, key, value = attention.qkv(z).chunk(3, dim=-1)
    for_keys, for_values = block.prefix(z)
    rows = (query, key + scale * for_keys, value + scale * for_values)
    heads = [t.unflatten(-1, (attention.num_heads, -1)).transpose(1, 2) for t in rows]
    mixed = functional.scaled_dot_product_attention(*heads, attn_mask=attn_mask)
    return attention.proj(mixed.transpose(1, 2).flatten(2))


def build(patch, width, depth, heads, classes, prefix=None):
    """timm's ViT for images of 32; prefix: None or {"bottleneck", "scale", "last_blocks"} (0: all blocks)."""
    load_timm()
    from timm.models.vision_transformer import VisionTransformer
    model = VisionTransformer(img_size=32, patch_size=patch, num_classes=classes, embed_dim=width, depth=depth, num_heads=heads)
    if prefix is not None:
        for block in model.blocks[-prefix["last_blocks"]:]:  # [-0:] is all of them
            block.prefix = Prefix(width, prefix["bottleneck"])
            block.attn.forward = functools.partial(prefixed_attention, block, prefix["scale"])
    return model


def initial_values(model, seed, dtype):
    """Every tensor away from zero and from its usual start, so that none can be mistaken for another. Prefixes are drawn last:
    the rest is the same without them."""
    random = torch.Generator().manual_seed(seed)
    values = {}
    for name, tensor in sorted(model.named_parameters(), key=lambda item: role_of(item[0]) == "module"):
        noise = torch.randn(tensor.shape, generator=random, dtype=torch.float64)
        if name.endswith("weight") and tensor.dim() == 1:
            value = 1 + 0.1 * noise  # a LayerNorm's
        elif name.endswith("weight"):
            value = 0.7 * noise / tensor[0].numel() ** 0.5
        else:
            value = 0.1 * noise
        values[name] = value.to(dtype)
    return values


def role_of(name):
    """patch_embed pos_embed cls_token norm attn mlp head module"""
    part = name.split(".")[2] if name.startswith("blocks.") else name.split(".")[0]
    return {"norm1": "norm", "norm2": "norm", "prefix": "module"}.get(part, part)


def selected(names, selector, depth):
    """The names that a selector names: a role, a block (blocks.0, blocks.-1) or a glob."""
    if selector.startswith("blocks.") and selector[7:].lstrip("-").isdigit():
        selector = f"blocks.{int(selector[7:]) % depth}.*"
    found = {name for name in names if role_of(name) == selector or fnmatch.fnmatchcase(name, selector)}
    if not found:
        raise SystemExit(f"selector '{selector}' matches no tensor")
    return found
