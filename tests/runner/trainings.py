"""Trainings on the digits that ship, for tests: on the CPU, in fp32, values in torch's own order."""

import torch
from torch import nn

from cnnspec.backend.precision import Precision
from cnnspec.data.read import read_dataset
from cnnspec.data.training_data import training_data
from cnnspec.runner import loop
from cnnspec.runner.forward_pass import Network
from cnnspec.runner.losses import criterion
from cnnspec.runner.training_events import EpochEnd
from cnnspec.runner.training_state import TrainingState
from cnnspec.settings.datasets.published import Digits

CPU = torch.device("cpu")
PLAIN = Precision("fp32", torch.contiguous_format)
RAW = read_dataset(Digits(), (1, 8, 8))
PIXELS = torch.from_numpy(RAW.train.images)
LABELS = torch.from_numpy(RAW.train.labels)


def network(seed=0, *, dropout=0.0):
    """A convolution with batch norm and a linear layer; dropout where it is asked for."""
    torch.manual_seed(seed)
    dropouts = [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), *dropouts, nn.Linear(144, 10)
    )


def without_norm(seed=0):
    """A network without batch norm: how images make batches changes nothing but rounding."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(144, 10))


def state_of(model, config, precision=PLAIN, raw=RAW, *, loss=None, lines=None, compiled=False):
    """A training of the model before its first step; by another `loss` than the config's, where there is one."""
    sets = training_data(raw, config, CPU)
    classes = len(raw.class_names)
    counts = sets.train.labels_N[sets.fit_F].bincount(minlength=classes).tolist()
    loss = loss or criterion(config.loss, classes, counts, CPU)
    return TrainingState(Network(model, precision, CPU, compiled=compiled), sets, loss, config, lines or {})


def trained(model, config, precision=PLAIN, raw=RAW):
    """All events of its training."""
    return list(loop.train(state_of(model, config, precision, raw)))


def epochs_of(events):
    """Their ends."""
    return [event for event in events if isinstance(event, EpochEnd)]


def evaluated(state, batch_size=64):
    """The score on the test set of the network that is kept."""
    batches = state.data.test_batches(batch_size)
    return loop.evaluate(state.update.eval_network, batches, state.criterion, "on the test set", {})


def weights_equal(one, other):
    """Bit for bit."""
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def normalised(sets, numbers):
    """Images of the training set as the network sees them, computed plainly."""
    return (PIXELS[numbers].float() - sets.pipeline.statistics.mean[0]) / sets.pipeline.statistics.std[0]
