"""The images of the fixture `pictures`: their labels, an order of them, their batches."""

import numpy as np
import torch

from cnnspec.data.dataset import Dataset, Split

CPU = torch.device("cpu")
COUNT = 30
LABELS = torch.arange(COUNT) % 3
ORDER = torch.randperm(COUNT, generator=torch.Generator().manual_seed(1))
SIZES = [8, 8, 8, 6]


def batches(loader):
    return [tuple(part.clone() for part in batch) for batch in loader.batches(ORDER, SIZES)]


def equal(one, other):
    return all(torch.equal(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True))


def dataset_of(images, labels=None, **others):
    part = Split(images, np.array(labels or LABELS.tolist()))
    return Dataset(part, None, part, ("a", "b", "c"), **others)
