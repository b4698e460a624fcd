"""What `train:` may ask for besides a loop: each does what it says, against plain torch where it can be."""

import dataclasses
import logging
import math

import pytest
import torch
from torch import nn

from cnnspec.backend.device import set_determinism
from cnnspec.backend.precision import Precision, choose_precision
from cnnspec.data.splits import class_counts
from cnnspec.runner import loop
from cnnspec.runner.errors import FIRST_STEP, FP16, SMALLER_LR, NonFiniteError
from cnnspec.runner.events import Epoch, Finished, Score, Stopped
from cnnspec.runner.network import Network
from cnnspec.runner.nonfinite import Guard
from cnnspec.runner.steps import grouped
from cnnspec.runner.update import Update
from cnnspec.settings.augmentations.geometry import RandomCrop
from cnnspec.settings.augmentations.mixing import Mixup
from cnnspec.settings.augmentations.values import Normalise
from cnnspec.settings.losses import BinaryCrossEntropy, CrossEntropy, MeanSquaredError
from cnnspec.settings.optimizers.adam import AdamW
from cnnspec.settings.optimizers.sgd import Sgd
from cnnspec.settings.schedules import Cosine, Plateau
from cnnspec.settings.train import Train
from tests.runner.trainings import CPU, LABELS, RAW, fit_of, normalised, trained, weights_equal


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))


def without_norm(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(144, 10))


def epochs_of(events):
    return [event for event in events if isinstance(event, Epoch)]


def stepped(model, config, steps, clip=None):
    """So many steps on the first images, by hand."""
    fit = fit_of(without_norm(), config)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for start in range(steps):
        chosen = torch.arange(start * 32, start * 32 + 32)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(normalised(fit.sets, chosen)), LABELS[chosen]).backward()
        if clip is not None:
            clip(list(model.parameters()))
        optimizer.step()
    return model


def ours(model, config, steps):
    """The same by an Update."""
    fit = fit_of(model, config)
    for start in range(steps):
        chosen = torch.arange(start * 32, start * 32 + 32)
        images = normalised(fit.sets, chosen)
        fit.update.add(fit.criterion(fit.network.scores(images), LABELS[chosen]), 1)
        fit.update.apply()
    return fit


MOMENTUM = Sgd(lr=0.1, momentum=0.9)


def test_gradients_are_clipped_by_their_norm_bitwise():
    model, config = without_norm(), Train(optimizer=MOMENTUM, clip_grad_norm=0.1)
    ours(model, config, 5)
    by_hand = stepped(without_norm(), config, 5, lambda weights: nn.utils.clip_grad_norm_(weights, 0.1))
    assert weights_equal(by_hand, model)
    assert not weights_equal(stepped(without_norm(), config, 5), model)


def test_gradients_are_clipped_value_by_value_bitwise():
    model, config = without_norm(), Train(optimizer=MOMENTUM, clip_grad_value=0.01)
    ours(model, config, 5)
    by_hand = stepped(without_norm(), config, 5, lambda weights: nn.utils.clip_grad_value_(weights, 0.01))
    assert weights_equal(by_hand, model)
    assert not weights_equal(stepped(without_norm(), config, 5), model)


def test_steps_accumulated_are_one_of_as_many_images_within_rounding():
    one, several = without_norm(), without_norm()
    trained(one, Train(epochs=2, batch_size=256, validation=0, optimizer=MOMENTUM))
    events = trained(several, Train(epochs=2, batch_size=64, accumulate=4, validation=0, optimizer=MOMENTUM))
    for expected, found in zip(one.parameters(), several.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert (12, 6) == (events[0].steps, events[0].steps_per_epoch)


LOSSES = [
    CrossEntropy(weight=(1, 10, 1, 1, 0.1, 1, 1, 5, 1, 0.01)),
    CrossEntropy(weight=(0, 0, 0, 0, 0, 0, 0, 1, 1, 1)),
    CrossEntropy(weight=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), label_smoothing=0.1),
    BinaryCrossEntropy(pos_weight=3),
    MeanSquaredError(),
]


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_accumulated_steps_are_one_of_as_many_images_whatever_the_loss(loss, mixed):
    one, several = without_norm(), without_norm()
    config = Train(epochs=1, batch_size=128, validation=0, optimizer=Sgd(lr=0.1), loss=loss)
    fits = [
        fit_of(one, config),
        fit_of(several, config.model_copy(update={"batch_size": 16, "accumulate": 8})),
    ]
    for fit in fits:
        fit.sets.fixed = True  # the same images in each step
        if mixed:
            soften(fit)
        list(loop.train(fit))
    for expected, found in zip(one.parameters(), several.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def soften(fit):
    """Labels as mixing would give them, without mixing."""
    plain = fit.sets.pipeline.mix

    def soft(*args):
        images, labels = plain(*args)
        return images, 0.7 * nn.functional.one_hot(labels, 10) + 0.03

    fit.sets.pipeline.mix = soft


@pytest.mark.parametrize("loss", LOSSES)
def test_a_score_does_not_depend_on_the_size_of_batches(loss):
    fit = fit_of(network(), Train(loss=loss, validation=0))
    scores = [
        loop.evaluate(fit.network, fit.sets.test_batches(size), fit.criterion, "") for size in (4, 32, 355)
    ]
    assert [pytest.approx(scores[0].loss)] * 3 == [score.loss for score in scores]


def test_batches_that_are_accumulated_are_not_held_together():
    asked = []
    for group in grouped(iter(asked.append(number) or number for number in range(7)), 3):
        for number in group:
            assert asked == list(range(number + 1))
    assert asked == list(range(7))
    assert [[0, 1, 2], [3, 4, 5], [6]] == [list(group) for group in grouped(range(7), 3)]


def test_the_average_of_the_weights_is_kept_and_what_is_trained_goes_on_without_it():
    averaged, plain = network(), network()
    fit = fit_of(averaged, Train(epochs=2, ema=0.9, validation=0))
    events = list(loop.train(fit))
    trained(plain, Train(epochs=2, validation=0))
    assert all(torch.equal(a, b) for a, b in zip(averaged.parameters(), plain.parameters(), strict=True))
    assert not weights_equal(fit.update.kept.module, averaged)
    score = loop.evaluate(fit.update.kept, fit.sets.test_batches(64), fit.criterion, "")
    assert score == events[-1].test


def test_the_average_is_exponential_and_soon_forgets_the_first_weights():
    model = without_norm()
    fit = fit_of(model, Train(optimizer=MOMENTUM, ema=0.5))
    mean = None
    for count in range(6):
        chosen = torch.arange(count * 32, count * 32 + 32)
        fit.update.add(fit.criterion(fit.network.scores(normalised(fit.sets, chosen)), LABELS[chosen]), 1)
        fit.update.apply()
        weight = model[0].weight.detach()
        decay = min(0.5, (1 + count) / (10 + count))
        mean = weight.clone() if mean is None else torch.lerp(mean, weight, 1 - decay)
        torch.testing.assert_close(fit.update.kept.module[0].weight, mean)


def test_the_average_takes_batch_norms_statistics_along_and_its_counters_as_they_are():
    fit = fit_of(network(), Train(epochs=1, ema=0.9, validation=0))
    list(loop.train(fit))
    live, kept = fit.network.module[1], fit.update.kept.module[1]
    assert not torch.equal(live.running_mean, kept.running_mean)
    assert live.num_batches_tracked.item() == kept.num_batches_tracked.item()


def test_training_stops_where_validation_gets_no_better():
    config = Train(epochs=50, early_stopping=2, optimizer=Sgd(lr=0.0))
    events = trained(network(), config)
    stopped = next(event for event in events if isinstance(event, Stopped))
    best = max(event.epoch for event in epochs_of(events) if event.improved)
    assert best + 2 == stopped.epoch == len(epochs_of(events)) < 50
    assert stopped.reason == "no better validation for 2 epochs"
    assert isinstance(events[-1], Finished)


def test_training_ends_after_as_many_steps_as_are_allowed():
    events = trained(network(), Train(epochs=5, batch_size=100, limit_steps=17))
    assert [13, 17] == [event.step for event in epochs_of(events)]
    assert [1299, 400] == [event.train.images for event in epochs_of(events)]
    assert Stopped(2, 17, "limit_steps: 17") in events
    assert events[0].steps == 17


def test_a_limit_beyond_the_end_changes_nothing():
    events = trained(network(), Train(epochs=1, batch_size=100, limit_steps=500))
    assert not [event for event in events if isinstance(event, Stopped)]


def test_one_batch_is_learned_by_heart():
    config = Train(
        epochs=60, batch_size=32, overfit_batches=1, optimizer=AdamW(lr=0.01), augment=(RandomCrop(),)
    )
    *_, last, _ = events = trained(network(), config)
    assert (32, 32, 1) == (events[0].fit_images, events[0].validation_images, events[0].steps_per_epoch)
    assert last.validation.accuracy == 1
    assert last.train.loss < 0.01


def test_images_are_augmented_in_training_alone():
    plain, changed = network(), network()
    fit = fit_of(plain, Train(epochs=1, augment=(RandomCrop(padding=2),)))
    list(loop.train(fit))
    trained(changed, Train(epochs=1))
    assert not weights_equal(plain, changed)
    (images, _), *_ = fit.sets.validation_batches(8)
    assert torch.equal(images, normalised(fit.sets, fit.sets.validation_V[:8]))


def test_mixed_images_are_counted_right_by_their_likelier_class():
    events = trained(network(), Train(epochs=3, augment=(Mixup(alpha=0.1),)))
    assert epochs_of(events)[-1].train.accuracy > 0.7


def test_the_learning_rate_of_an_epochs_last_step_is_told():
    events = trained(network(), Train(epochs=2, batch_size=100, optimizer=Sgd(lr=0.1), schedule=Cosine()))
    expected = [0.1 * (1 + math.cos(math.pi * step / 26)) / 2 for step in (12, 25)]
    assert expected == pytest.approx([event.lr for event in epochs_of(events)])


def test_a_plateau_watches_the_validation():
    schedule = Plateau(patience=0, factor=0.5)
    falling = trained(network(), Train(epochs=6, optimizer=Sgd(lr=3.0), schedule=schedule))
    rates = [event.lr for event in epochs_of(falling)]
    losses = [event.validation.loss for event in epochs_of(falling)]
    for number in range(1, 6):
        worse = losses[number - 1] > min(losses[: number - 1], default=math.inf) * (1 - 1e-4)
        assert rates[number] == rates[number - 1] * (0.5 if worse else 1)


class Broken(nn.Module):
    """Gives what is not finite from a step on."""

    def __init__(self, step):
        super().__init__()
        self.step, self.seen = step, 0

    def forward(self, x):
        self.seen += self.training
        return x * (math.nan if self.seen >= self.step else 1)


def test_a_loss_that_is_not_finite_stops_before_the_step_and_names_the_layer():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), Broken(4), nn.Flatten(), nn.Linear(144, 10))
    fit = fit_of(model, Train(epochs=1, validation=0))
    fit.lines = {"2": "relu, net.yaml:7"}
    events = loop.train(fit)
    with pytest.raises(NonFiniteError) as caught:
        list(events)
    expected = "the loss is nan in step 4 (epoch 1): the first that is not finite is the output of 2 (relu, net.yaml:7)"
    assert expected == caught.value.message
    assert (4, 1, "from before that step") == (caught.value.step, caught.value.epoch, caught.value.kept)
    assert (fit.done, model[1].num_batches_tracked.item()) == (3, 3)


def test_weights_before_that_step_are_those_of_a_training_that_ended_there():
    broken = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), Broken(4), nn.Flatten(), nn.Linear(144, 10))
    whole = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), Broken(99), nn.Flatten(), nn.Linear(144, 10))
    whole.load_state_dict(broken.state_dict())
    with pytest.raises(NonFiniteError):
        trained(broken, Train(epochs=1, validation=0))
    trained(whole, Train(epochs=1, validation=0, limit_steps=3))
    for name, value in whole.state_dict().items():
        assert torch.equal(value, broken.state_dict()[name])


def test_a_weight_that_is_not_finite_is_named():
    model = network()
    with torch.no_grad():
        model[4].weight[0, 0] = math.inf
    with pytest.raises(
        NonFiniteError, match=r"the first that is not finite is the weight 4\.weight"
    ) as caught:
        trained(model, Train(epochs=1))
    assert caught.value.kept == ""


class Steep(nn.Module):
    """Hands on what it is given, but from a step on not the gradient."""

    def __init__(self, step):
        super().__init__()
        self.step, self.seen = step, 0

    def forward(self, x):
        self.seen += self.training
        if self.seen >= self.step:
            x.register_hook(lambda gradient: gradient * math.inf)
        return x


@pytest.mark.parametrize(
    "config", [Train(epochs=1, validation=0), Train(epochs=1, validation=0, clip_grad_norm=1.0)]
)
def test_a_gradient_that_is_not_finite_stops_before_the_step_and_names_the_layer(config):
    def net(step):
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), Steep(step), nn.Linear(144, 10)
        )

    fit = fit_of(net(4), config)
    fit.lines = {"0": "conv, net.yaml:7"}
    with pytest.raises(NonFiniteError) as caught:
        list(loop.train(fit))
    assert (
        "the gradient of 0.weight (conv, net.yaml:7) is not finite in step 4 (epoch 1)"
        == caught.value.message
    )
    assert (4, 1, "from before that step") == (caught.value.step, caught.value.epoch, caught.value.kept)
    whole = net(99)
    trained(whole, config.model_copy(update={"limit_steps": 3}))
    assert weights_equal(whole, fit.network.module)


def test_gradients_whose_norm_is_beyond_fp32_are_told():
    fit = fit_of(without_norm(), Train(epochs=1, validation=0, clip_grad_norm=1.0))
    plain = fit.criterion._apply
    fit.criterion._apply = lambda scores, labels: plain(scores, labels) * 1e30
    with pytest.raises(
        NonFiniteError, match="the norm of the gradients is more than fp32 holds in step 1"
    ) as caught:
        list(loop.train(fit))
    assert caught.value.hint == f"{FIRST_STEP}."


def test_a_first_loss_that_is_not_finite_in_fp16_may_be_its_range():
    guard = Guard(Network(network(), Precision("fp16", torch.contiguous_format), CPU), {}, 1)
    guard.begin(1)
    assert f"{FIRST_STEP}, {FP16}." == guard.gradients().hint
    guard.begin(2)
    assert SMALLER_LR == guard.gradients().hint


def test_gradients_clipped_by_value_may_be_infinite():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), Steep(2), nn.Linear(144, 10))
    config = Train(epochs=1, validation=0, clip_grad_value=0.01, limit_steps=4)
    with pytest.raises(
        NonFiniteError, match=r"gradient of 0\.weight"
    ):  # inf * 0 is nan, which has no value to clip
        trained(model, config)


class Joined(nn.Module):
    """What arises between layers."""

    def __init__(self, *, last):
        super().__init__()
        self.flat, self.head, self.last = nn.Flatten(), nn.Linear(64, 10), last

    def forward(self, x):
        x = self.flat(x) * (1 if self.last else math.inf)
        return self.head(x) * (math.inf if self.last else 1)


@pytest.mark.parametrize(
    ("last", "words"),
    [(False, "the input of head (linear, net.yaml:9)"), (True, "the scores, though no layer's output is")],
)
def test_what_arises_between_layers_is_told_by_what_follows(last, words):
    fit = fit_of(Joined(last=last), Train(epochs=1, validation=0))
    fit.lines = {"head": "linear, net.yaml:9"}
    with pytest.raises(NonFiniteError) as caught:
        list(loop.train(fit))
    assert f"in step 1 (epoch 1): the first that is not finite is {words}" in caught.value.message


class Unfit(nn.Module):
    """Fine in training, infinite in eval mode."""

    def forward(self, x):
        return x if self.training else x * math.inf


def test_a_validation_that_is_not_finite_leaves_the_epochs_weights():
    model = nn.Sequential(nn.Flatten(), Unfit(), nn.Linear(64, 10))
    fit = fit_of(model, Train(epochs=3))
    fit.lines = {"1": "tanh, net.yaml:3"}
    with pytest.raises(NonFiniteError) as caught:
        list(loop.train(fit))
    where = (
        "in the validation after epoch 1: the first that is not finite is the output of 1 (tanh, net.yaml:3)"
    )
    assert where in caught.value.message
    assert (fit.steps.per_epoch, 1, "of epoch 1") == (
        caught.value.step,
        caught.value.epoch,
        caught.value.kept,
    )


def test_scores_that_are_finite_but_too_large_for_the_loss_are_told(monkeypatch):
    fit = fit_of(network(), Train(epochs=1))
    monkeypatch.setattr(
        type(fit.criterion), "__call__", lambda _self, scores, _labels: scores.sum() * math.inf
    )
    with pytest.raises(NonFiniteError, match="though the scores are finite"):
        list(loop.train(fit))


def test_images_that_are_not_finite_are_named(monkeypatch):
    fit = fit_of(network(), Train(epochs=1))
    plain = fit.sets.pipeline.mix

    def broken(*args):
        images, labels = plain(*args)
        return images * math.nan, labels

    monkeypatch.setattr(fit.sets.pipeline, "mix", broken)
    with pytest.raises(NonFiniteError, match="the first that is not finite is the images"):
        list(loop.train(fit))


def test_the_cpu_computes_in_bf16_and_scores_are_fp32():
    how = Precision("bf16", torch.channels_last)
    events = trained(network(), Train(epochs=4), how)
    assert epochs_of(events)[-1].validation.accuracy > 0.8
    net = Network(network(), how, CPU)
    seen = []
    net.module[0].register_forward_hook(lambda _module, inputs, output: seen.append((inputs[0], output)))
    scores = net.scores(torch.randn(2, 1, 8, 8))
    assert scores.dtype == torch.float32
    assert seen[0][1].dtype == torch.bfloat16
    assert net.module[0].weight.is_contiguous(memory_format=torch.channels_last)


def test_auto_takes_bf16_where_the_hardware_has_it(monkeypatch):
    for has, precision in ((True, "bf16"), (False, "fp32")):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda has=has: {"avx512_bf16": has})
        assert precision == choose_precision(Train(precision="auto"), CPU).name
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    cuda = torch.device("cuda")
    found = choose_precision(Train(precision="auto"), cuda)
    assert found == Precision("bf16", torch.channels_last)
    assert choose_precision(Train(), cuda) == Precision("fp32", torch.contiguous_format)
    assert choose_precision(Train(precision="auto"), torch.device("mps")).name == "fp32"


def test_channels_last_is_for_images():
    assert choose_precision(Train(), CPU, has_images=False).memory_format == torch.contiguous_format
    assert choose_precision(Train(memory_format="contiguous"), CPU).memory_format == torch.contiguous_format
    assert str(Precision("fp32", torch.channels_last)) == "fp32, channels_last"


def test_the_memory_format_changes_a_loss_by_rounding_only():
    losses = []
    for memory_format in (torch.contiguous_format, torch.channels_last):
        events = trained(network(), Train(epochs=1), Precision("fp32", memory_format))
        losses.append(epochs_of(events)[0].train.loss)
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_deterministic_is_torchs_switch():
    try:
        set_determinism(CPU, deterministic=True)
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        set_determinism(CPU)
    assert not torch.are_deterministic_algorithms_enabled()


def test_gradients_scaled_for_fp16_give_the_same_step():
    """The scaler's way, which is taken on GPUs."""
    config = Train(optimizer=MOMENTUM, clip_grad_norm=0.5)
    plain, scaled = without_norm(), without_norm()
    one = fit_of(plain, config)
    other = fit_of(scaled, config)
    other.update._scaler = torch.amp.GradScaler("cpu", init_scale=1024)
    chosen = torch.arange(32)
    for fit in (one, other):
        fit.update.add(fit.criterion(fit.network.scores(normalised(fit.sets, chosen)), LABELS[chosen]), 1)
        fit.update.apply()
    for expected, found in zip(plain.parameters(), scaled.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_a_compiled_network_trains_like_a_plain_one():
    plain, compiled = without_norm(), without_norm()
    config = Train(epochs=1, batch_size=100, validation=0)
    fit = fit_of(compiled, config)
    fit.network = Network(compiled, fit.network.precision, CPU, compiled=True)
    fit = dataclasses.replace(fit, update=Update(fit.network, config, fit.steps))
    list(loop.train(fit))
    trained(plain, config)
    for expected, found in zip(plain.parameters(), compiled.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)


def test_a_network_is_compiled_without_a_word_of_a_gpu_that_is_not_there(monkeypatch, caplog):
    monkeypatch.setattr(torch, "compile", lambda module: module)
    Network(network(), Precision("fp32", torch.contiguous_format), CPU, compiled=True)
    logging.getLogger("torch.utils.cpp_extension").warning("No CUDA runtime is found")
    assert [] == caplog.records


def test_a_score_knows_its_accuracy():
    assert Score(0.1, 3, 4).accuracy == 0.75


def test_the_classes_are_counted_as_training_fits_them():
    for validation in (0.0, 0.3):
        config = Train(validation=validation)
        fit = fit_of(network(), config)
        assert fit.sets.train.labels_N[fit.sets.fit_F].bincount().tolist() == class_counts(RAW, config)


def test_a_batch_learned_by_heart_is_normalised_as_it_is_written():
    config = Train(overfit_batches=1, augment=(Normalise(mean=0.0, std=1.0), RandomCrop()))
    sets = fit_of(network(), config).sets
    (images, _), *_ = sets.fit_batches([64], epoch=3)
    assert images.max() <= 1.0
    assert torch.equal(images, next(iter(sets.fit_batches([64], epoch=5)))[0])
