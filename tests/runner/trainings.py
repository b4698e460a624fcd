"""Trainings on the digits that ship, for tests: on the CPU, in fp32, values in torch's own order."""

import torch

from cnnspec.backend.precision import Precision
from cnnspec.data.read import read_dataset
from cnnspec.data.training_data import training_data
from cnnspec.runner import loop, losses
from cnnspec.runner.network import Network
from cnnspec.settings.datasets.published import Digits

CPU = torch.device("cpu")
PLAIN = Precision("fp32", torch.contiguous_format)
RAW = read_dataset(Digits(), (1, 8, 8))
PIXELS = torch.from_numpy(RAW.train.images)
LABELS = torch.from_numpy(RAW.train.labels)


def fit_of(model, config, how=PLAIN, raw=RAW):
    """A training of the model before its first step."""
    sets = training_data(raw, config, CPU)
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
    return (PIXELS[numbers].float() - sets.pipeline.statistics.mean[0]) / sets.pipeline.statistics.std[0]
