"""The loops that cnnspec's is measured by: the barest ones that can be written, the textbook's, and Lightning's.

All train equal networks on Fashion-MNIST with the settings of specs/mnist.yaml.
"""

from __future__ import annotations

import gzip
import logging
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

from cnnspec.backend.precision import Precision
from cnnspec.data.batches import batch_sizes
from cnnspec.data.dataset import Dataset, ImageFiles
from cnnspec.data.formats import mnist
from cnnspec.settings.datasets.published import FashionMnist

Epoch = Callable[[], object]
BATCH = 64


def installed() -> bool:
    """Whether Debian's package with the images is."""
    return all(_packed(name).exists() for name in mnist.NAMES)


def _optimizer(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)


def fixed_batch(model: nn.Module, raw: Dataset, precision: Precision) -> Epoch:
    """An epoch's steps, all on one batch, the last one on as much of it as an epoch leaves: no data at all.

    In bf16 the weights and the images are so themselves and nothing is cast: it learns badly, but none takes less.
    """
    images_NCHW, labels_N = (part[:BATCH] for part in tensors(raw))
    model = model.to(dtype=precision.dtype, memory_format=precision.memory_format)
    images_NCHW = images_NCHW.to(dtype=precision.dtype, memory_format=precision.memory_format)
    optimizer, criterion = _optimizer(model), nn.CrossEntropyLoss()
    batches = [(images_NCHW[:size], labels_N[:size]) for size in batch_sizes(len(raw.train.labels), BATCH)]

    def epoch() -> None:
        model.train()
        for step_NCHW, step_N in batches:
            optimizer.zero_grad()
            criterion(model(step_NCHW), step_N).backward()
            optimizer.step()

    return epoch


def by_hand(model: nn.Module, raw: Dataset) -> Epoch:
    """All images normalised beforehand, as floats in memory, and the barest step: eager, fp32."""
    images_NCHW, labels_N = tensors(raw)
    optimizer, criterion = _optimizer(model), nn.CrossEntropyLoss()

    def epoch() -> None:
        model.train()
        for chosen_N in torch.randperm(len(images_NCHW)).split(BATCH):
            optimizer.zero_grad()
            criterion(model(images_NCHW[chosen_N]), labels_N[chosen_N]).backward()
            optimizer.step()

    return epoch


def tensors(raw: Dataset) -> tuple[Tensor, Tensor]:
    """The images to train on, normalised, and their labels."""
    pixels = raw.train.images
    assert not isinstance(pixels, ImageFiles)
    images_NCHW = torch.from_numpy(pixels).float()
    return (images_NCHW - images_NCHW.mean()) / images_NCHW.std(), torch.from_numpy(raw.train.labels)


def loader(root: Path, count: int) -> DataLoader[tuple[Tensor, Tensor]]:
    """Torchvision's dataset, ToTensor and Normalize image by image, as in PyTorch's own MNIST example, no workers."""
    steps = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.2860,), (0.3530,))])
    images = Subset(datasets.FashionMNIST(root, transform=steps), range(count))
    return DataLoader(images, batch_size=BATCH, shuffle=True)


def textbook(model: nn.Module, batches: DataLoader[tuple[Tensor, Tensor]]) -> Epoch:
    """The loop of the tutorials."""
    optimizer = _optimizer(model)

    def epoch() -> None:
        model.train()
        for images_NCHW, labels_N in batches:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images_NCHW), labels_N).backward()
            optimizer.step()

    return epoch


def lightning(model: nn.Module, batches: DataLoader[tuple[Tensor, Tensor]]) -> Epoch:
    """The same recipe in Lightning, without its bar, logs and checkpoints; seconds from an epoch's start to its end."""
    import lightning as pl  # noqa: PLC0415 -- seconds

    logging.getLogger("lightning").setLevel(logging.ERROR)

    class Module(pl.LightningModule):
        """The network and its recipe."""

        def __init__(self) -> None:
            super().__init__()
            self.model, self.seconds = model, 0.0

        def on_train_epoch_start(self) -> None:
            """After all that `fit` sets up."""
            self.began = time.perf_counter()

        def on_train_epoch_end(self) -> None:
            """Before all that it takes down."""
            self.seconds = time.perf_counter() - self.began

        def training_step(self, batch: tuple[Tensor, Tensor], _index: int) -> Tensor:
            """The loss of a batch."""
            images_NCHW, labels_N = batch
            return nn.functional.cross_entropy(self.model(images_NCHW), labels_N)

        def configure_optimizers(self) -> torch.optim.Optimizer:
            """As all have it."""
            return _optimizer(self.model)

    quiet = dict.fromkeys(
        ("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False
    )
    module = Module()

    def epoch() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there are no workers, which none of the loops here has
            pl.Trainer(max_epochs=1, accelerator="cpu", **quiet).fit(module, batches)
        return module.seconds

    return epoch


def _packed(name: str) -> Path:
    return Path(f"{FashionMnist.system_folder}/{name}.gz")


def unpacked(root: Path) -> Path:
    """The files where torchvision wants them: below a root, and not gzipped."""
    raw = root / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name in mnist.NAMES:
        packed = _packed(name)
        (raw / name).write_bytes(gzip.decompress(packed.read_bytes()))
    return root
