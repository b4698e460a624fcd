"""Trainings on the digits that ship, for tests: on the CPU, in fp32, values in torch's own order."""

import torch

from cnnspec.backend.precision import Precision
from cnnspec.runner import loop, losses
from cnnspec.runner.network import Network
from cnnspec.settings.datasets.published import Digits
from cnnspec.train import data
from cnnspec.train.data.sets import divide

CPU = torch.device("cpu")
PLAIN = Precision("fp32", torch.contiguous_format)
RAW = data.read(Digits(), (1, 8, 8))
PIXELS = torch.frombuffer(RAW.train.images.values, dtype=torch.uint8).view(RAW.train.images.sizes)
LABELS = torch.tensor(RAW.train.labels)


def fit_of(model, config, how=PLAIN, raw=RAW):
    """A training of the model before its first step."""
    sets = divide(raw, config, CPU)
    classes = len(raw.class_names)
    counts = sets.train.labels_N[sets.fit_F].bincount(minlength=classes).tolist()
    criterion = losses.loss(config.loss, classes, counts, CPU)
    return loop.prepared(Network(model, how, CPU), sets, criterion, config)


def trained(model, config, how=PLAIN, raw=RAW):
    """All events of its training."""
    return list(loop.train(fit_of(model, config, how, raw)))


def weights_equal(one, other):
    """Bit for bit."""
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def normalised(sets, numbers):
    """Images of the training set as the network sees them, computed plainly."""
    return (PIXELS[numbers].float() - sets.augment.scale.mean[0]) / sets.augment.scale.std[0]
