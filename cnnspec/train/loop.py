"""The training loop: plain torch, read from top to bottom. It yields events and writes nothing.

The same seed gives the same weights, bit for bit: the first weights are the caller's, the order of
the images and all chance within an epoch depend on the seed and the epoch alone.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from time import perf_counter
from typing import cast

import torch
from torch import Tensor, nn

from cnnspec.language.training import Train
from cnnspec.train import optim
from cnnspec.train.best import Best
from cnnspec.train.data.dataset import Batches, batch_sizes
from cnnspec.train.data.order import shuffled, subseed
from cnnspec.train.data.sets import Sets
from cnnspec.train.events import Epoch, Event, Finished, Score, Started, Step
from cnnspec.train.meter import Meter, require_finite_weights

TELL_EVERY_S = 0.25
"""How often, at most, a step is told of: to tell is to wait for the device."""


def train(model: nn.Module, sets: Sets, config: Train) -> Iterator[Event]:
    """Train `model`, which is where the sets are, and test it once, with the weights of its best epoch.

    Whoever looks at an event finds the model as the event says. Raises UserError when the loss or a
    weight is no finite number any more; the model is of no use then.
    """
    optimizer = optim.optimizer(config.optimizer, model)
    steps = len(batch_sizes(len(sets.fit_F), config.batch_size))
    best, began = Best(), perf_counter()
    yield Started(config.epochs, steps, len(sets.fit_F), len(sets.validation_V))

    for epoch in range(1, config.epochs + 1):
        epoch_began = perf_counter()
        fit = yield from fit_epoch(model, optimizer, sets, config, epoch)
        images_per_s = fit.images / (perf_counter() - epoch_began)
        require_finite_weights(model, epoch)

        validation = None
        if len(sets.validation_V):
            validation = evaluate(model, sets.train, sets.validation_V, config, f"after epoch {epoch}")
        improved = best.take(model, epoch, validation)
        yield Epoch(epoch, epoch * steps, fit, validation, improved, images_per_s, perf_counter() - began)

    best.restore(model)
    score = evaluate_all(model, sets.test, config)
    yield Finished(best.epoch, best.epoch * steps, score, perf_counter() - began)


def fit_epoch(
    model: nn.Module, optimizer: torch.optim.Optimizer, sets: Sets, config: Train, epoch: int
) -> Generator[Step, None, Score]:
    """Every image to fit once, in the order of this epoch; the score is of the model as it changed."""
    criterion, meter = optim.loss(config.loss), Meter(sets.train.device)
    order_F = shuffled(sets.fit_F, config.seed, "order", epoch).to(sets.train.device)
    steps = len(batch_sizes(len(order_F), config.batch_size))
    torch.manual_seed(subseed(config.seed, "epoch", epoch))  # for dropout and the like
    began = told = perf_counter()

    model.train()
    batches = sets.train.of(order_F, config.batch_size)
    for step, (images_NCHW, labels_N) in enumerate(batches, start=(epoch - 1) * steps + 1):
        optimizer.zero_grad()
        scores_NK = first(model(images_NCHW))
        loss = criterion(scores_NK, labels_N)
        loss.backward()
        optimizer.step()
        meter.add(loss, scores_NK, labels_N)
        if (now := perf_counter()) - told > TELL_EVERY_S:
            told = now
            yield Step(epoch, step, meter.read(f"in epoch {epoch}"), meter.images / (now - began))
    return meter.read(f"in epoch {epoch}")


def first(outputs: object) -> Tensor:
    """The output that the loss is applied to: the first, where a network has several."""
    while not isinstance(outputs, Tensor):
        values = outputs.values() if isinstance(outputs, dict) else cast("Sequence[object]", outputs)
        outputs = next(iter(values))
    return outputs


def evaluate_all(model: nn.Module, batches: Batches, config: Train) -> Score:
    """The score on all images of the batches, which are the test set's."""
    numbers_T = torch.arange(len(batches.images), device=batches.device)
    return evaluate(model, batches, numbers_T, config, "on the test set")


@torch.inference_mode()
def evaluate(model: nn.Module, batches: Batches, numbers_V: Tensor, config: Train, when: str) -> Score:
    """The score on the numbered images, in batches as in training: their size can change the last bits.

    Raises UserError when the loss is no finite number, and says `when`.
    """
    criterion, meter = optim.loss(config.loss), Meter(batches.device)
    model.eval()
    for images_NCHW, labels_N in batches.of(numbers_V, config.batch_size):
        scores_NK = first(model(images_NCHW))
        meter.add(criterion(scores_NK, labels_N), scores_NK, labels_N)
    return meter.read(when)
