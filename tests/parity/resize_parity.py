"""Sources against Pillow and NumPy: images decoded and resized, MedMNIST archives and idx files read.

  python resize_parity.py PROGRAM FOLDER [--images DIR] [--sizes 32 96 224]

PROGRAM is resize_parity, built from resize_parity.cpp; FOLDER takes the files that are made. --images: real ones below a folder of
class/file or domain/class/file, all of them or 50. Fails above one grey level of difference.
"""
import argparse
import gzip
import pathlib
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
from PIL import Image

ENDINGS = {".jpg", ".jpeg", ".png"}


def load(program, source, path, size, out):
    """What core reads: bytes [N, C, H, W], labels [N], seconds, threads."""
    told = subprocess.run([program, source, path, str(size), out], check=True, capture_output=True, text=True).stdout.split()
    shape = [int(side) for side in told[:4]]
    raw = pathlib.Path(out).read_bytes()
    images = np.frombuffer(raw, np.uint8, int(np.prod(shape))).reshape(shape)
    return images, np.frombuffer(raw, np.int64, offset=images.size), float(told[4]), int(told[5])


def picture(rng, height, width, channels):
    """Gradients, a disc with a hard edge, and noise."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = []
    for _ in range(channels):
        a, b, c = rng.uniform(-1, 1, 3)
        plane = 128 + 100 * (a * x / width + b * y / height)
        disc = (x - width * rng.uniform()) ** 2 + (y - height * rng.uniform()) ** 2 < (min(height, width) / 3) ** 2
        planes.append(np.where(disc, 255 * abs(c), plane) + rng.normal(0, 12, (height, width)))
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def make_images(folder, rng):
    """50 files of every kind that the source reads."""
    folder.mkdir(parents=True)
    sides = [(7, 500), (500, 7), (1, 1), (33, 31), (240, 320), (1, 90), (64, 64), (227, 227), (480, 360), (100, 300)]
    for i in range(50):
        height, width = sides[i % len(sides)] if i < 20 else rng.integers(3, 400, 2)
        rgb = Image.fromarray(picture(rng, height, width, 3))
        grey = Image.fromarray(picture(rng, height, width, 1)[..., 0])
        alpha = Image.fromarray(picture(rng, height, width, 1)[..., 0])
        name = folder / f"{i:02d}"
        kind = i % 16
        if kind < 4:
            rgb.save(f"{name}.jpg", quality=(30, 75, 95, 100)[kind], subsampling=(2, 1, 0, 2)[kind], progressive=kind == 2)
        elif kind == 4:
            grey.save(f"{name}.jpg", quality=90)
        elif kind == 5:
            rgb.convert("CMYK").save(f"{name}.jpg", quality=90)
        elif kind == 6:
            rgb.save(f"{name}.png")
        elif kind == 7:
            rgb.putalpha(alpha)
            rgb.save(f"{name}.png")
        elif kind == 8:
            grey.save(f"{name}.png")
        elif kind == 9:
            Image.merge("LA", (grey, alpha)).save(f"{name}.png")
        elif kind == 10:
            rgb.convert("P", palette=Image.Palette.ADAPTIVE, colors=200).save(f"{name}.png", transparency=3)
        elif kind == 11:
            rgb.convert("P", palette=Image.Palette.ADAPTIVE, colors=13).save(f"{name}.png", bits=4)
        elif kind == 12:
            grey.convert("1").save(f"{name}.png")
        elif kind == 13:
            deep = np.array(grey).astype(np.uint16) * 2  # beyond 255, where Pillow cuts off
            Image.fromarray(deep).save(f"{name}.png")
        else:
            interlaced(np.array(rgb if kind == 14 else grey), f"{name}.png")
    return sorted(folder.iterdir())


def interlaced(pixels, path):
    """A PNG in Adam7's seven passes, which Pillow reads and does not write."""
    height, width = pixels.shape[:2]
    flat = pixels.reshape(height, width, -1)
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    lines = b""
    for top, left, down, right in passes:
        part = flat[top::down, left::right]
        if part.size:
            lines += b"".join(b"\0" + row.tobytes() for row in part)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if flat.shape[2] == 3 else 0, 0, 0, 1)
    pathlib.Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def by_pillow(path, size):
    with Image.open(path) as image:
        return np.array(image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)).transpose(2, 0, 1)


def compare_images(arguments, root, name):
    found = (path for path in root.rglob("*") if path.suffix.lower() in ENDINGS)
    paths = sorted(found, key=lambda path: [part.encode() for part in path.parts])
    good = True
    for size in arguments.sizes:
        images, _, seconds, threads = load(arguments.program, "images", root, size, arguments.folder / "out.bin")
        assert len(images) == len(paths), f"{len(images)} read, {len(paths)} there"
        start = time.perf_counter()
        expected = np.stack([by_pillow(path, size) for path in paths])
        pillow = time.perf_counter() - start
        difference = np.abs(images.astype(int) - expected)
        worst = difference.reshape(len(paths), -1).max(1)
        print(f"{name}: {len(paths)} images to {size} x {size}: largest difference {difference.max()}, mean "
              f"{difference.mean():.4f} grey levels; {len(paths) / seconds:.0f} images/s with {threads} threads, "
              f"Pillow {len(paths) / pillow:.0f}")
        for i in np.flatnonzero(worst > 1):
            print(f"  {paths[i].name}: {worst[i]}")
        good = good and worst.max() <= 1
    return good


def some_of(root, folder, count):
    """Every n-th image below `root`, linked into the same layout."""
    paths = sorted(p for p in root.rglob("*") if p.suffix.lower() in ENDINGS)
    for path in paths[:: max(1, len(paths) // count)][:count]:
        link = folder / path.relative_to(root)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path.resolve())
    return folder


def compare_medmnist(arguments, rng, channels, label_type, compressed):
    sides = (28, 28) if channels == 1 else (28, 28, 3)
    arrays = {}
    for part, count in (("train", 50), ("val", 7), ("test", 21)):
        arrays[f"{part}_images"] = rng.integers(0, 256, (count, *sides), dtype=np.uint8)
        arrays[f"{part}_labels"] = rng.integers(0, 11, (count, 1)).astype(label_type)
    path = arguments.folder / f"{label_type}{channels}.npz"
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    images, labels, *_ = load(arguments.program, "medmnist", path, 28, arguments.folder / "out.bin")
    expected = np.concatenate([arrays[f"{part}_images"] for part in ("train", "val", "test")])
    expected = expected[:, None] if channels == 1 else expected.transpose(0, 3, 1, 2)
    same = np.array_equal(images, expected)
    same = same and np.array_equal(labels, np.concatenate([arrays[f"{part}_labels"] for part in ("train", "val", "test")])[:, 0])
    print(f"medmnist, {channels} channels, labels {label_type}: {'equal' if same else 'DIFFERENT'}")
    return same


def compare_idx(arguments, rng):
    folder = arguments.folder / "mnist"
    folder.mkdir()
    parts = {}
    for part, count in (("train", 60), ("t10k", 10)):
        images, labels = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8), rng.integers(0, 10, count, dtype=np.uint8)
        for name, array in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
            sizes = np.array([0x800 + array.ndim, *array.shape], ">u4").tobytes()
            (folder / f"{name}.gz").write_bytes(gzip.compress(sizes + array.tobytes()))
        parts[part] = images, labels
    images, labels, *_ = load(arguments.program, "idx", folder, 28, arguments.folder / "out.bin")
    same = np.array_equal(images[:, 0], np.concatenate([parts["train"][0], parts["t10k"][0]]))
    same = same and np.array_equal(labels, np.concatenate([parts["train"][1], parts["t10k"][1]]))
    print(f"idx, gzip: {'equal' if same else 'DIFFERENT'}")
    return same


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--images", type=pathlib.Path)
    parser.add_argument("--all", action="store_true", help="all real images, not 50")
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 96, 224])
    arguments = parser.parse_args()
    rng = np.random.default_rng(1)
    make_images(arguments.folder / "made" / "class", rng)
    good = compare_images(arguments, arguments.folder / "made", "made")
    if arguments.images:
        real = arguments.images if arguments.all else some_of(arguments.images, arguments.folder / "real", 50)
        good = compare_images(arguments, real, "real") and good
    good = compare_medmnist(arguments, rng, 1, "uint8", True) and good
    good = compare_medmnist(arguments, rng, 3, "int64", False) and good
    good = compare_idx(arguments, rng) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
