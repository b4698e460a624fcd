"""Losses: torch's, for hard labels and soft ones, and how many images a network has right."""

from __future__ import annotations

import inspect
import math

import pytest
import torch
from pydantic import ValidationError
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, mse_loss, one_hot

from cnnspec.core.errors import Reject, UserError
from cnnspec.runner.losses import criterion
from cnnspec.settings.losses import LOSSES, BinaryCrossEntropy, CrossEntropy, MeanSquaredError
from tests.runner.small_net import batches, differing, small_net

CPU = torch.device("cpu")
CHANCE = torch.Generator().manual_seed(0)
SCORES_NK = torch.randn(6, 3, generator=CHANCE)
LABELS_N = torch.tensor([0, 2, 1, 1, 0, 2])
SOFT_NK = torch.rand(6, 3, generator=CHANCE).softmax(1)
ONE_N1, TWO_N = torch.randn(6, 1, generator=CHANCE), torch.tensor([0, 1, 1, 0, 1, 0])
COUNTS = [10, 30, 60]
WEIGHTS = [100 / (3 * count) for count in COUNTS]
HARD_NK = one_hot(LABELS_N, 3).float()

WAYS = {
    "cross_entropy": (CrossEntropy(), cross_entropy),
    "cross_entropy, smoothed": (
        CrossEntropy(label_smoothing=0.2),
        lambda x, y: cross_entropy(x, y, label_smoothing=0.2),
    ),
    "cross_entropy, weighted": (
        CrossEntropy(weight=(1, 0.5, 3), label_smoothing=0.1),
        lambda x, y: cross_entropy(x, y, torch.tensor([1, 0.5, 3]), label_smoothing=0.1),
    ),
    "cross_entropy, balanced": (
        CrossEntropy(weight="balanced"),
        lambda x, y: cross_entropy(x, y, torch.tensor(WEIGHTS)),
    ),
    "bce": (BinaryCrossEntropy(), lambda x, y: binary_cross_entropy_with_logits(x, soft(y))),
    "bce, one weight": (
        BinaryCrossEntropy(pos_weight=2),
        lambda x, y: binary_cross_entropy_with_logits(x, soft(y), pos_weight=torch.tensor(2.0)),
    ),
    "bce, weights, smoothed": (
        BinaryCrossEntropy(pos_weight=(1, 2, 0.5), label_smoothing=0.3),
        lambda x, y: binary_cross_entropy_with_logits(
            x, soft(y) * (1 - 0.3) + 0.3 / 3, pos_weight=torch.tensor([1, 2, 0.5])
        ),
    ),
    "mse": (MeanSquaredError(), lambda x, y: mse_loss(x, soft(y))),
}


def soft(labels):
    return one_hot(labels, 3).float() if labels.ndim == 1 else labels


def criterion_of(config, outputs=3, counts=COUNTS):
    return criterion(config, outputs, counts, CPU)


WEIGHTED = {
    "cross_entropy, weighted": torch.tensor([1, 0.5, 3]),
    "cross_entropy, balanced": torch.tensor(WEIGHTS),
}


@pytest.mark.parametrize("labels", [LABELS_N, SOFT_NK], ids=["hard", "soft"])
@pytest.mark.parametrize("way", WAYS)
def test_it_is_torchs_to_the_last_bit(way, labels):
    config, theirs = WAYS[way]
    if way in WEIGHTED and labels is SOFT_NK:
        pytest.skip("torch divides it by the number of images")
    assert torch.equal(theirs(SCORES_NK, labels), criterion_of(config)(SCORES_NK, labels))


@pytest.mark.parametrize("way", WEIGHTED)
def test_soft_labels_with_weights_are_torchs_sum_by_the_weights_of_the_labels(way):
    config, theirs = WAYS[way]
    expected = theirs(SCORES_NK, SOFT_NK) * len(SOFT_NK) / (SOFT_NK @ WEIGHTED[way]).sum()
    assert expected.item() == pytest.approx(criterion_of(config)(SCORES_NK, SOFT_NK).item())


@pytest.mark.parametrize("labels", [LABELS_N, SOFT_NK], ids=["hard", "soft"])
@pytest.mark.parametrize("way", WAYS)
def test_means_of_batches_by_their_weights_are_the_mean_of_all(way, labels):
    loss = criterion_of(WAYS[way][0])
    parts = [(SCORES_NK[start : start + 4], labels[start : start + 4]) for start in (0, 4)]
    weights = [float(loss.weight(part)) for _, part in parts]
    means = [loss(*part).item() for part in parts]
    mean = sum(weight * mean for weight, mean in zip(weights, means, strict=True)) / sum(weights)
    assert loss(SCORES_NK, labels).item() == pytest.approx(mean)
    assert float(loss.weight(labels)) == pytest.approx(sum(weights))


@pytest.mark.parametrize("soft_too", [False, True])
def test_a_batch_none_of_whose_images_counts_has_the_loss_0(soft_too):
    loss = criterion_of(CrossEntropy(weight=(0, 1, 1)))
    labels_N = torch.zeros(6, dtype=torch.int64)
    labels = one_hot(labels_N, 3).float() if soft_too else labels_N
    assert (0.0, 0.0) == (loss(SCORES_NK, labels).item(), float(loss.weight(labels)))


@pytest.mark.parametrize("way", WAYS)
def test_a_training_with_it_is_the_one_written_by_hand_to_the_last_bit(way):
    config, theirs = WAYS[way]
    nets = [small_net(), small_net()]
    for net, loss in zip(nets, (criterion_of(config), theirs), strict=True):
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for images, labels in batches():
            optimizer.zero_grad()
            loss(net(images), labels).backward()
            optimizer.step()
    assert [] == differing(*nets)


@pytest.mark.parametrize("way", WAYS)
def test_soft_labels_that_are_hard_mean_the_same(way):
    loss = criterion_of(WAYS[way][0])
    assert loss(SCORES_NK, HARD_NK).item() == pytest.approx(loss(SCORES_NK, LABELS_N).item())


@pytest.mark.parametrize("config", [CrossEntropy(), BinaryCrossEntropy(), MeanSquaredError()])
def test_soft_labels_of_fewer_classes_than_outputs_are_0_in_the_others(config):
    loss, wide_NK = criterion_of(config, 5), torch.randn(6, 5, generator=CHANCE)
    padded_NK = torch.cat([SOFT_NK, torch.zeros(6, 2)], 1)
    assert torch.equal(loss(wide_NK, padded_NK), loss(wide_NK, SOFT_NK))
    assert math.isfinite(loss(wide_NK, LABELS_N).item())


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_one_output_tells_two_classes_apart(smoothing):
    loss = criterion_of(BinaryCrossEntropy(pos_weight=3, label_smoothing=smoothing), 1)
    targets_N1 = TWO_N.float()[:, None] * (1 - smoothing) + smoothing / 2
    theirs = binary_cross_entropy_with_logits(ONE_N1, targets_N1, pos_weight=torch.tensor(3.0))
    assert torch.equal(theirs, loss(ONE_N1, TWO_N))
    both_N2 = one_hot(TWO_N, 2).float()
    assert torch.equal(theirs, loss(ONE_N1, both_N2))


def test_balanced_weights_make_all_classes_count_alike():
    scores_NK = torch.zeros(100, 3)
    labels_N = torch.tensor([0] * 10 + [1] * 30 + [2] * 60)
    weights = torch.tensor(WEIGHTS)
    shares = [weights[label].item() * COUNTS[label] / 100 for label in range(3)]
    assert [pytest.approx(1 / 3)] * 3 == shares
    assert criterion_of(CrossEntropy(weight="balanced"))(scores_NK, labels_N).item() == pytest.approx(
        math.log(3)
    )


def test_a_class_without_an_image_has_no_part_in_the_balance():
    loss = criterion_of(CrossEntropy(weight="balanced"), counts=[10, 0, 30])
    theirs = cross_entropy(SCORES_NK, LABELS_N, torch.tensor([40 / 20, 0.0, 40 / 60]))
    torch.testing.assert_close(loss(SCORES_NK, LABELS_N), theirs)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_batch_none_of_whose_images_counts_has_the_loss_0_and_gradients_of_0(smoothing):
    loss = criterion_of(CrossEntropy(weight=(1, 0, 2), label_smoothing=smoothing))
    scores_NK = SCORES_NK.clone().requires_grad_()
    found = loss(scores_NK, torch.ones(6, dtype=torch.int64))
    found.backward()
    assert (0.0, 0.0) == (found.item(), scores_NK.grad.abs().max().item())


def test_balanced_weights_of_more_outputs_than_classes_are_0_there():
    wide_NK = torch.randn(6, 4, generator=CHANCE)
    theirs = cross_entropy(wide_NK, LABELS_N, torch.tensor([*WEIGHTS, 0.0]))
    assert torch.equal(theirs, criterion_of(CrossEntropy(weight="balanced"), 4)(wide_NK, LABELS_N))


def test_without_counts_nothing_is_balanced():
    loss = criterion_of(CrossEntropy(weight="balanced"), counts=None)
    assert torch.equal(cross_entropy(SCORES_NK, LABELS_N), loss(SCORES_NK, LABELS_N))


@pytest.mark.parametrize("config", [CrossEntropy(), BinaryCrossEntropy(), MeanSquaredError()])
def test_right_is_the_highest_score_at_the_class_or_at_the_likeliest_of_soft_labels(config):
    scores_NK = torch.tensor([[3.0, 1, 2], [0, 5, 1], [0, 1, 5], [2, 1, 0]])
    labels_N = torch.tensor([0, 1, 1, 2])
    soft_NK = torch.tensor([[0.6, 0.4, 0], [0.2, 0.5, 0.3], [0, 0.9, 0.1], [0.1, 0.1, 0.8]])
    counts = [criterion_of(config).correct(scores_NK, labels) for labels in (labels_N, soft_NK)]
    assert [2, 2] == [int(count) for count in counts]
    assert [torch.int64] * 2 == [count.dtype for count in counts]


def test_right_is_a_positive_score_of_one_output_at_the_second_class():
    loss = criterion_of(BinaryCrossEntropy(), 1)
    scores_N1 = torch.tensor([[2.0], [-1], [0], [3]])
    labels_N = torch.tensor([1, 1, 0, 0])
    assert 2 == int(loss.correct(scores_N1, labels_N))
    assert 2 == int(loss.correct(scores_N1, one_hot(labels_N, 2).float()))


@pytest.mark.parametrize(
    ("config", "field"),
    [(CrossEntropy(weight=(1, 2)), "weight"), (BinaryCrossEntropy(pos_weight=(1, 2)), "pos_weight")],
)
def test_weights_must_be_as_many_as_outputs(config, field):
    message = f"{field} has 2 numbers, the network gives 3"
    with pytest.raises(Reject) as rejected:
        config.require_outputs(3)
    assert ("weights-not-classes", message, field) == (
        rejected.value.code,
        rejected.value.message,
        rejected.value.field,
    )
    with pytest.raises(UserError) as caught:
        criterion_of(config)
    assert (f"loss: {message}", "Write 3 numbers.") == (caught.value.message, caught.value.hint)


@pytest.mark.parametrize(
    "config",
    [
        CrossEntropy(weight="balanced"),
        CrossEntropy(weight=(1, 0, 2)),
        BinaryCrossEntropy(pos_weight=2),
        BinaryCrossEntropy(pos_weight=(1, 2, 3)),
        MeanSquaredError(),
    ],
)
def test_weights_that_suit_are_taken(config):
    config.consistent()
    config.require_outputs(3)


def test_a_weight_of_0_for_every_class_is_refused():
    with pytest.raises(Reject) as caught:
        CrossEntropy(weight=(0, 0)).consistent()
    assert ("no-weight", "weight") == (caught.value.code, caught.value.field)


@pytest.mark.parametrize(
    ("config", "arguments"),
    [
        (CrossEntropy, {"label_smoothing": 1.1}),
        (CrossEntropy, {"label_smoothing": -0.1}),
        (CrossEntropy, {"weight": [-1, 1]}),
        (CrossEntropy, {"weight": []}),
        (CrossEntropy, {"weight": "even"}),
        (CrossEntropy, {"weight": 2}),
        (BinaryCrossEntropy, {"pos_weight": 0}),
        (BinaryCrossEntropy, {"pos_weight": [1, -1]}),
        (BinaryCrossEntropy, {"pos_weight": "balanced"}),
        (BinaryCrossEntropy, {"label_smoothing": 2}),
        (MeanSquaredError, {"label_smoothing": 0.1}),
    ],
)
def test_a_value_out_of_its_bounds_is_refused(config, arguments):
    with pytest.raises(ValidationError):
        config.model_validate(arguments)


def test_defaults_are_torchs():
    for config, theirs in ((CrossEntropy, nn.CrossEntropyLoss), (BinaryCrossEntropy, nn.BCEWithLogitsLoss)):
        parameters = inspect.signature(theirs).parameters
        ours = config().model_dump()
        shared = ours.keys() & parameters.keys()
        assert {key: parameters[key].default for key in shared} == {key: ours[key] for key in shared}


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_can_be_computed(name):
    assert criterion_of(LOSSES[name]())(SCORES_NK, LABELS_N).isfinite()


@pytest.mark.parametrize("name", LOSSES)
def test_every_argument_is_described(name):
    assert [] == [key for key, info in LOSSES[name].model_fields.items() if not info.description]


def test_classes_are_counted_for_a_balanced_loss_alone():
    assert CrossEntropy(weight="balanced").counts_classes
    assert not CrossEntropy().counts_classes
    assert not MeanSquaredError().counts_classes
