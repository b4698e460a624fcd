"""Random images, and what a pipeline makes of them."""

import torch

from cnnspec.data.augmentation.base import Context
from cnnspec.data.augmentation.pipeline import Pipeline
from cnnspec.data.statistics import ChannelStatistics

CPU = torch.device("cpu")
PLAIN = ChannelStatistics((0.0,), (1.0,))
RGB = ChannelStatistics((10.0, 20.0, 30.0), (1.0, 2.0, 3.0))
SETTING = Context(RGB, CPU)
COUNT = 400


def pixels(count=COUNT, channels=1, height=9, width=7, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, channels, height, width), dtype=torch.uint8, generator=generator)


def fit(augment, images_NCHW, labels_N, numbers_N, epoch):
    """A batch as training has it."""
    return augment.mix(augment.augment(images_NCHW, numbers_N, epoch), labels_N, numbers_N, epoch)


def augmented(augmentations, images_NCHW, *, scale=PLAIN, numbers=None, epoch=1, seed=0, classes=5):
    labels_N = torch.arange(len(images_NCHW)) % classes
    numbers_N = torch.arange(len(images_NCHW)) if numbers is None else numbers
    return fit(Pipeline(augmentations, scale, classes, CPU, seed), images_NCHW, labels_N, numbers_N, epoch)
