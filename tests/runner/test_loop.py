"""The loop: what it yields, and that it is the loop one would write by hand, to the last bit."""

import pytest
import torch
from torch import nn

from cnnspec.backend.build import build
from cnnspec.backend.device import set_determinism
from cnnspec.core.errors import UserError
from cnnspec.data.read import read_dataset
from cnnspec.data.seeding import shuffled, subseed
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.data.training_data import training_data
from cnnspec.library.specs import check
from cnnspec.runner import checkpoint, loop, setup
from cnnspec.runner.best_weights import Best
from cnnspec.runner.events import Epoch, Finished, Score, Step
from cnnspec.runner.torch_errors import in_our_words
from cnnspec.settings.losses import CrossEntropy
from cnnspec.settings.optimizers.adam import Adam, AdamW
from cnnspec.settings.optimizers.sgd import Sgd
from cnnspec.settings.train import Train
from tests.runner.trainings import CPU, LABELS, RAW, fit_of, normalised, trained, weights_equal


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(0.1), nn.Linear(144, 10)
    )


def by_hand(model, config, make_optimizer):
    """The same training as plain as it gets; with no validation the last weights are the best."""
    sets = training_data(RAW, config, CPU)
    optimizer = make_optimizer(model.parameters())
    for epoch in range(1, config.epochs + 1):
        order = shuffled(sets.fit_F, config.seed, "order", epoch)
        torch.manual_seed(subseed(config.seed, "epoch", epoch))
        model.train()
        for start in range(0, len(order), config.batch_size):
            chosen = order[start : start + config.batch_size]
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(normalised(sets, chosen)), LABELS[chosen]).backward()
            optimizer.step()
    return model


OPTIMIZERS = {
    "sgd": (Sgd(lr=0.01), lambda w: torch.optim.SGD(w, lr=0.01)),
    "sgd with Nesterov's momentum": (
        Sgd(lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.001),
        lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.001),
    ),
    "sgd, dampened, maximizing": (
        Sgd(lr=1e-5, momentum=0.5, dampening=0.1, maximize=True, foreach=True),
        lambda w: torch.optim.SGD(w, lr=1e-5, momentum=0.5, dampening=0.1, maximize=True, foreach=True),
    ),
    "adam": (Adam(), torch.optim.Adam),
    "adam with every argument": (
        Adam(
            lr=0.002,
            betas=(0.8, 0.99),
            eps=1e-6,
            weight_decay=0.01,
            amsgrad=True,
            decoupled_weight_decay=True,
        ),
        lambda w: torch.optim.Adam(
            w,
            lr=0.002,
            betas=(0.8, 0.99),
            eps=1e-6,
            weight_decay=0.01,
            amsgrad=True,
            decoupled_weight_decay=True,
        ),
    ),
    "adamw": (AdamW(), torch.optim.AdamW),
    "adamw, fused": (AdamW(lr=0.003, fused=True), lambda w: torch.optim.AdamW(w, lr=0.003, fused=True)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_is_the_loop_written_by_hand_bitwise(name):
    config, make_optimizer = OPTIMIZERS[name]
    settings = Train(epochs=2, batch_size=100, validation=0, optimizer=config, seed=7)
    ours = network()
    trained(ours, settings)
    assert weights_equal(by_hand(network(), settings, make_optimizer), ours)


def test_the_same_seed_gives_the_same_weights_bitwise_and_another_does_not():
    first, second, other = network(), network(), network()
    for model, seed in ((first, 1), (second, 1), (other, 2)):
        torch.manual_seed(seed * 99)
        trained(model, Train(epochs=2, seed=seed))
    assert weights_equal(first, second)
    assert not weights_equal(first, other)


def test_how_often_steps_are_told_of_changes_no_weight(monkeypatch):
    quiet, talkative = network(), network()
    trained(quiet, Train(epochs=2))
    monkeypatch.setattr(loop, "TELL_EVERY_S", 0)
    told = trained(talkative, Train(epochs=2))
    assert weights_equal(quiet, talkative)
    steps = [event for event in told if isinstance(event, Step)]
    assert list(range(1, 43)) == [event.step for event in steps]
    assert [event.train.images for event in steps[:2]] == [64, 128]


def test_events_tell_the_course_of_a_training():
    started, *between, tested = trained(network(), Train(epochs=3, batch_size=100))
    epochs = [event for event in between if isinstance(event, Epoch)]
    assert (3, 39, 13, 1299, 143) == (
        started.epochs,
        started.steps,
        started.steps_per_epoch,
        started.fit_images,
        started.validation_images,
    )
    assert started.how == "cpu, fp32, contiguous; images in memory, 112.3 KiB"
    assert [(event.epoch, event.step) for event in epochs] == [(1, 13), (2, 26), (3, 39)]
    assert [event.train.images for event in epochs] == [1299] * 3
    assert [event.validation.images for event in epochs] == [143] * 3
    assert epochs[0].train.loss > epochs[1].train.loss > epochs[2].train.loss
    assert isinstance(tested, Finished)
    assert tested.test.images == 355
    assert tested.epoch == max(event.epoch for event in epochs if event.improved)
    assert sorted(event.seconds for event in epochs) == [event.seconds for event in epochs]


def test_the_validation_score_is_the_plain_one():
    model = network()
    fit = fit_of(model, Train(epochs=1))
    *_, epoch, _ = loop.train(fit)
    model.eval()
    labels = LABELS[fit.sets.validation_V]
    scores = model(normalised(fit.sets, fit.sets.validation_V))
    assert nn.functional.cross_entropy(scores, labels).item() == pytest.approx(
        epoch.validation.loss, rel=1e-5
    )
    assert int((scores.argmax(1) == labels).sum()) == epoch.validation.correct


def test_the_test_is_of_the_best_epochs_weights():
    model, config = network(), Train(epochs=4, optimizer=Sgd(lr=0.5, momentum=0.95))
    fit = fit_of(model, config)
    kept = {}
    for event in loop.train(fit):
        if isinstance(event, Epoch):
            kept[event.epoch] = {name: value.clone() for name, value in model.state_dict().items()}
        elif isinstance(event, Finished):
            assert all(
                torch.equal(value, kept[event.epoch][name]) for name, value in model.state_dict().items()
            )
            assert event.test == evaluated(fit)


def evaluated(fit):
    return loop.evaluate(fit.update.kept, fit.sets.test_batches(64), fit.criterion, "on the test set")


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        ([(0.5, 90), (0.4, 95), (0.1, 93)], 2),
        ([(0.5, 90), (0.4, 90), (0.45, 90)], 2),
        ([(0.5, 90), (0.5, 90)], 1),
    ],
)
def test_the_best_epoch_has_the_highest_accuracy_then_the_lowest_loss_then_comes_first(scores, best):
    kept = Best()
    for epoch, (loss, correct) in enumerate(scores, start=1):
        kept.take(nn.Linear(1, 1), epoch, epoch, Score(loss, correct, 100))
    assert best == kept.epoch


def test_without_validation_the_last_epoch_is_the_best():
    events = trained(network(), Train(epochs=2, validation=0))
    assert [event.validation for event in events if isinstance(event, Epoch)] == [None, None]
    assert events[-1].epoch == 2


def test_label_smoothing_is_torchs():
    model = network().eval()
    config = Train(loss=CrossEntropy(label_smoothing=0.2))
    fit = fit_of(model, config)
    images, labels = (torch.cat(parts) for parts in zip(*fit.sets.test_batches(64), strict=True))
    expected = nn.functional.cross_entropy(model(images), labels, label_smoothing=0.2).item()
    assert expected == pytest.approx(evaluated(fit).loss, rel=1e-5)


class Several(nn.Module):
    """A network with more outputs than the loss takes."""

    def __init__(self, form):
        super().__init__()
        self.inner, self.form = network(), form

    def forward(self, x):
        return self.form(self.inner(x), x)


@pytest.mark.parametrize(
    "form",
    [
        lambda y, x: {"logits": y, "x": x},
        lambda y, x: (y, x),
        lambda y, x: [y, x],
        lambda y, x: {"a": [y, x]},
    ],
)
def test_the_loss_takes_the_first_of_several_outputs(form):
    plain, several = network(), Several(form)
    trained(plain, Train(epochs=1))
    trained(several, Train(epochs=1))
    assert weights_equal(plain, several.inner)


@pytest.mark.parametrize("lr", [1e30, 1e38])
def test_a_loss_that_is_no_longer_finite_stops_the_training_and_names_the_epoch(lr):
    with pytest.raises(UserError, match="epoch 1"):
        trained(network(), Train(epochs=3, validation=0, optimizer=Sgd(lr=lr)))


def test_weights_that_the_last_step_made_infinite_are_not_taken():
    """One step an epoch: its own loss is still finite."""
    config = Train(epochs=1, validation=0, batch_size=1442, optimizer=Sgd(lr=1e38, momentum=0.9))
    model = network()
    model[0].weight.register_hook(lambda gradient: gradient * 1e10)
    with pytest.raises(UserError, match=r"0\.weight is no longer finite after epoch 1"):
        trained(model, config)


def test_a_lone_image_left_over_trains_with_batch_norm():
    """1,442 = 131·11 + 1; batch norm over one value a channel is an error in torch."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.BatchNorm1d(10))
    events = trained(model, Train(epochs=1, batch_size=131, validation=0))
    assert events[0].steps_per_epoch == 11


def test_batches_of_one_image_are_told_to_be_too_small_for_batch_norm():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.BatchNorm1d(10))
    with pytest.raises(UserError, match="batch_size 1: it sees one value"), in_our_words(1):
        trained(model, Train(epochs=1, batch_size=1))


def test_memory_that_does_not_suffice_is_told():
    with pytest.raises(UserError, match="batches of 512"), in_our_words(512):
        raise torch.OutOfMemoryError


def test_faults_of_our_own_stay_what_they_are():
    with pytest.raises(RuntimeError, match="ours"), in_our_words(1):
        raise RuntimeError("ours")


def test_a_network_without_weights_is_told():
    with pytest.raises(UserError, match="no weights"):
        trained(nn.Flatten(), Train(epochs=1))


def test_on_a_settled_gpu_cudnn_takes_its_repeatable_ways(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    set_determinism(torch.device("cpu"))
    assert torch.backends.cudnn.benchmark
    set_determinism(torch.device("cuda"))
    assert not torch.backends.cudnn.benchmark
    assert torch.backends.cudnn.deterministic


@pytest.mark.parametrize(
    "failure", [torch.OutOfMemoryError("cuda"), RuntimeError("can't allocate memory: 4 TB")]
)
def test_a_training_that_runs_out_of_memory_says_so(monkeypatch, tmp_path, failure):
    result = check("digits")

    def exhausted(*_args):
        raise failure

    monkeypatch.setattr(setup.loop, "fit_epoch", exhausted)
    training = setup.start(
        result.plan, result.train, read_dataset(result.data, (1, 8, 8)), spec="", out=tmp_path, command=[]
    )
    with pytest.raises(UserError, match="batches of 64"):
        list(training.events)
    monkeypatch.setattr(setup.loop, "evaluate", exhausted)
    weights = tmp_path / "w.safetensors"
    checkpoint.save(
        weights,
        build(result.plan),
        checkpoint.About(1, ChannelStatistics((0.0,), (1.0,)), tuple("0123456789"), "crop", ""),
    )
    with pytest.raises(UserError, match="batches of 64"):
        setup.evaluate(result.plan, result.train, read_dataset(result.data, (1, 8, 8)), weights)
