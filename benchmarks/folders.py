"""Image files decoded by threads, beside Pillow alone with as many: what feeding a network from files costs."""

from __future__ import annotations

import random
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from PIL import Image

from benchmarks.timing import interleaved, median, ratio, row
from cnnspec.data.batches import batch_sizes
from cnnspec.data.cpu_and_memory import available_cores
from cnnspec.data.dataset import ImageFiles
from cnnspec.data.loader import FileLoader

COUNT, SIZE, SIDE, BATCH = 512, (400, 300), 224, 64


def files_a_second(rounds: int) -> list[str]:
    """JPEGs of 400×300 brought to 224×224, by cnnspec and by Pillow's usual three calls."""
    workers = available_cores()
    with tempfile.TemporaryDirectory() as folder:
        paths = _pictures(Path(folder))
        stream = FileLoader(
            ImageFiles(paths, (3, SIDE, SIDE), "crop"),
            torch.zeros(COUNT, dtype=torch.int64),
            torch.device("cpu"),
            workers=workers,
            skip=False,
        )
        order_N, sizes = torch.arange(COUNT), batch_sizes(COUNT, BATCH)
        with ThreadPoolExecutor(workers) as pool:
            candidates = {
                "cnnspec": lambda: sum(len(batch.labels_N) for batch in stream.batches(order_N, sizes)),
                "pillow": lambda: sum(1 for _ in pool.map(_alone, paths)),
            }
            seconds = interleaved(candidates, rounds)
    print("files:", {name: median(taken) for name, taken in seconds.items()})
    what = f"JPEGs of {SIZE[0]}×{SIZE[1]} to batches of {SIDE}×{SIDE}, {workers} threads, as fast as Pillow alone"
    return [row(what, ratio(seconds, "pillow", "cnnspec"), 0.9, at_least=True)]


def _alone(path: Path) -> bytes:
    with Image.open(path) as image:
        return image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR).tobytes()


def _pictures(folder: Path) -> tuple[Path, ...]:
    """Noise, softened so that it takes about as many bytes as a photograph."""
    draw = random.Random(0)  # noqa: S311 -- no secret
    paths = []
    for number in range(COUNT):
        small = Image.frombytes("RGB", (50, 38), draw.randbytes(50 * 38 * 3))
        paths.append(folder / f"{number}.jpg")
        small.resize(SIZE, Image.Resampling.BICUBIC).save(paths[-1], quality=90)
    return tuple(paths)
