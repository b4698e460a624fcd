"""Files that are skipped: they change nothing for the others, wherever images are kept and whoever decodes them."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from cnnspec.core.errors import UserError
from cnnspec.data import loader
from cnnspec.data import training_data as training_data_module
from cnnspec.data.batches import Batch, batch_sizes, without_single_images
from cnnspec.data.cache import Cache
from cnnspec.data.dataset import Dataset, ImageFiles, Split
from cnnspec.data.loader import FileLoader, MemoryLoader, unchanged
from cnnspec.data.training_data import training_data
from cnnspec.runner import loop
from cnnspec.runner.data_report import data_report
from cnnspec.runner.training_events import EpochEnd
from cnnspec.settings.augmentations.geometry import HFlip, RandomCrop, Rotate
from cnnspec.settings.augmentations.mixing import Mixup
from cnnspec.settings.augmentations.pixel_values import Colour, Cutout
from cnnspec.settings.schedules import Cosine
from cnnspec.settings.train import Train
from tests.runner.trainings import CPU, state_of, trained, weights_equal

COUNT = 40
BAD = [0, 3, 4, 17, 18, 19, 31, 39]
LABELS = [number % 3 for number in range(COUNT)]
PLACES = [("ram", 0), ("ram", 2), ("none", 0), ("none", 1), ("none", 3)]


@pytest.fixture
def paths(tmp_path):
    """Noise of 6×5, a file each."""
    found = tuple(tmp_path / f"{number}.png" for number in range(COUNT))
    draw = torch.Generator().manual_seed(0)
    for path in found:
        noise = torch.randint(0, 256, (6, 5), dtype=torch.uint8, generator=draw)
        Image.fromarray(noise.numpy()).save(path)
    return found


def spoil(paths, numbers):
    for number in numbers:
        paths[number].write_bytes(b"no image")


def raw_of(paths, labels=LABELS, on_bad="skip"):
    part = Split(ImageFiles(paths, (1, 6, 5), "crop"), np.array(labels))
    return Dataset(part, None, part, ("a", "b", "c"), on_bad=on_bad)


def config_of(cache, workers=2, **others):
    augment = (RandomCrop(padding=2), HFlip(), Mixup(alpha=1.0))
    return Train(**({"batch_size": 4, "seed": 5, "augment": augment} | others), cache=cache, workers=workers)


def epochs_of(sets, config):
    """All that two epochs and a validation give."""
    sizes = batch_sizes(len(sets.fit_F), config.batch_size)
    fitted = [batch for epoch in (1, 2) for batch in sets.fit_batches(sizes, epoch)]
    return [*fitted, *sets.validation_batches(4), *sets.test_batches(4)]


def same(one, other):
    return all(torch.equal(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True))


@pytest.mark.parametrize("bad", [[], BAD])
@pytest.mark.parametrize(("cache", "workers"), PLACES)
def test_no_place_and_no_number_of_workers_changes_a_bit(paths, bad, cache, workers):
    spoil(paths, bad)
    config, other = config_of("ram", 1), config_of(cache, workers)
    expected, found = (training_data(raw_of(paths), one, CPU) for one in (config, other))
    assert expected.fit_F.tolist() == found.fit_F.tolist()
    assert expected.validation_V.tolist() == found.validation_V.tolist()
    assert expected.statistics == found.statistics
    assert same(epochs_of(expected, config), epochs_of(found, other))
    assert expected.newly_bad() == found.newly_bad()


@pytest.mark.parametrize(("cache", "workers"), PLACES)
def test_bad_files_leave_the_others_their_numbers_labels_and_part(paths, cache, workers):
    config = config_of(cache, workers)
    whole = training_data(raw_of(paths), config, CPU)
    spoil(paths, BAD)
    sets = training_data(raw_of(paths), config, CPU)
    assert whole.fit_F.tolist() == sets.fit_F.tolist()
    assert whole.validation_V.tolist() == sets.validation_V.tolist()
    order, sizes = torch.arange(COUNT), [8] * 5
    before, after = (list(one.train.batches(order, sizes)) for one in (whole, sets))
    for full, batch in zip(before, after, strict=True):
        kept = torch.tensor([number not in BAD for number in full.numbers_N.tolist()])
        assert same([[part[kept] for part in full]], [batch])


def test_the_weights_do_not_depend_on_where_images_are_kept_either(paths):
    spoil(paths, BAD)
    models = []
    for cache, workers in (("ram", 2), ("none", 0), ("none", 3)):
        torch.manual_seed(1)
        models.append(nn.Sequential(nn.Flatten(), nn.Linear(30, 8), nn.BatchNorm1d(8), nn.Linear(8, 3)))
        trained(models[-1], config_of(cache, workers, epochs=2), raw=raw_of(paths))
    assert weights_equal(models[0], models[1])
    assert weights_equal(models[0], models[2])


@pytest.mark.parametrize("cache", ["ram", "none"])
def test_mean_and_deviation_are_of_the_same_files_wherever_they_are_kept(paths, cache, monkeypatch):
    def scale(most, **others):
        monkeypatch.setattr(training_data_module, "MOST_MEASURED", most)
        return training_data(raw_of(paths), config_of(cache, validation=0.0, **others), CPU).statistics

    def of(numbers):
        pixels = torch.stack(
            [torch.frombuffer(bytearray(Image.open(paths[n]).tobytes()), dtype=torch.uint8) for n in numbers]
        )
        return pixels.double().mean().item()

    assert of(range(COUNT)) == pytest.approx(scale(COUNT).mean[0]) == pytest.approx(scale(COUNT + 1).mean[0])
    assert of(range(COUNT - 1)) == pytest.approx(scale(COUNT - 1).mean[0])
    assert of(range(0, COUNT, 10)) == pytest.approx(scale(4).mean[0])


def test_all_pixels_that_are_in_memory_anyway_are_measured(monkeypatch):
    monkeypatch.setattr(training_data_module, "MOST_MEASURED", 2)
    part = Split(np.array([0, 10, 20, 50], np.uint8).reshape(4, 1, 1, 1), np.array([0, 1, 0, 1]))
    sets = training_data(Dataset(part, None, part, ("a", "b")), Train(batch_size=2, validation=0.0), CPU)
    assert (20.0,) == sets.statistics.mean


def batches_of(*sizes):
    """Batches of so many images, numbered on."""
    numbers = torch.arange(sum(sizes)).split(list(sizes))
    return [Batch(part.view(-1, 1, 1, 1).to(torch.uint8), part % 3, part) for part in numbers]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ([4, 4, 2], [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]),
        ([4, 1, 3], [[0, 1, 2, 3], [], [4, 5, 6, 7]]),
        ([1, 1, 1, 4], [[], [0, 1], [], [2, 3, 4, 5, 6]]),
        ([1, 0, 4, 0], [[], [], [0, 1, 2, 3, 4], []]),
        ([4, 1], [[0, 1, 2, 3], []]),
        ([1], [[]]),
        ([], []),
    ],
)
def test_a_lone_image_goes_over_to_the_next_batch(left, expected):
    found = list(without_single_images(batches_of(*left), [4, 4, 4]))
    assert expected == [batch.numbers_N.tolist() for batch in found]
    assert expected == [batch.images_NCHW.flatten().tolist() for batch in found]
    assert [[number % 3 for number in batch] for batch in expected] == [b.labels_N.tolist() for b in found]


def test_images_that_are_asked_for_one_by_one_stay_alone():
    assert [1, 1, 1] == [
        len(batch.labels_N) for batch in without_single_images(batches_of(1, 1, 1), [1, 1, 1])
    ]


@pytest.mark.parametrize("cache", ["ram", "none"])
def test_no_batch_of_an_epoch_is_a_lone_image_that_skipped_files_have_left(paths, cache):
    config = config_of(cache, validation=0.0, batch_size=4)
    order = training_data(raw_of(paths), config, CPU)
    numbers = training_data_module.permutation(order.fit_F, config.seed, "order", 1)
    spoil(paths, numbers[1:4].tolist())  # of the first four one is left
    sets = training_data(raw_of(paths), config, CPU)
    found = [len(labels) for _, labels in sets.fit_batches(batch_sizes(COUNT, 4), 1)]
    assert [0, 5, *[4] * 8] == found
    model = nn.Sequential(nn.Flatten(), nn.Linear(30, 8), nn.BatchNorm1d(8), nn.Linear(8, 3))
    trained(model, config.model_copy(update={"epochs": 1}), raw=raw_of(paths))


@pytest.mark.parametrize("cache", ["ram", "none"])
def test_a_class_that_loses_all_its_images_to_fit_is_told(paths, cache):
    spoil(paths, range(0, COUNT, 3))
    with pytest.raises(UserError, match="no image of class a to train with can be read"):
        training_data(raw_of(paths), config_of(cache), CPU)
    config = config_of(cache, overfit_batches=8)
    assert len(state_of(nn.Linear(30, 3), config, raw=raw_of(paths)).data.fit_F) == 32


def test_a_class_that_was_not_looked_at_first_is_told_after_an_epoch(paths, monkeypatch):
    spoil(paths, range(0, COUNT, 3))
    monkeypatch.setattr(training_data_module, "MOST_MEASURED", 2)
    sets = training_data(raw_of(paths), config_of("none", validation=0.0), CPU)
    with pytest.raises(UserError, match="no image of class a to train with can be read"):
        list(sets.fit_batches(batch_sizes(COUNT, 4), 1))


@pytest.mark.parametrize("cache", ["ram", "none"])
def test_a_file_of_two_numbers_is_told_once(paths, cache):
    spoil(paths, [3])
    twice = (*paths[:-1], paths[3])
    sets = training_data(raw_of(twice), config_of(cache, validation=0.0), CPU)
    assert {3, COUNT - 1} == set(sets.train.bad)
    assert [str(paths[3])] == [file for file, _ in sets.newly_bad()]


@pytest.mark.parametrize(("cache", "workers"), PLACES)
def test_an_epoch_has_its_steps_and_a_schedule_its_end_whatever_can_be_read(paths, cache, workers):
    order = training_data(raw_of(paths), config_of("ram", validation=0.0), CPU).fit_F
    spoil(paths, order[4:30].tolist())
    schedule = {"schedule": Cosine(), "augment": ()}
    config = config_of(cache, workers, epochs=3, batch_size=2, accumulate=2, validation=0.0, **schedule)
    model = nn.Sequential(nn.Flatten(), nn.Linear(30, 8), nn.BatchNorm1d(8), nn.Linear(8, 3))
    state = state_of(model, config, raw=raw_of(paths))
    epochs = [event for event in loop.train(state) if isinstance(event, EpochEnd)]
    assert [10, 20, 30] == [epoch.step for epoch in epochs]
    assert {13, 14} >= {epoch.train.images for epoch in epochs}  # an epoch's last one may be alone
    assert epochs[-1].lr < config.optimizer.lr / 300


def test_a_training_says_how_many_images_can_be_read(paths):
    spoil(paths, BAD)
    state = state_of(nn.Sequential(nn.Flatten(), nn.Linear(30, 3)), config_of("ram"), raw=raw_of(paths))
    started = next(iter(loop.train(state)))
    assert COUNT - len(BAD) == started.fit_images + started.validation_images


def test_a_report_counts_no_skipped_files_and_has_no_size_of_them(paths):
    spoil(paths, BAD)
    found = [data_report(raw_of(paths), config_of(cache, device="cpu"), 8) for cache in ("ram", "none")]
    train, validation, test = zip(*found[0].counts.values(), strict=True)
    assert [COUNT - len(BAD)] * 2 == [sum(train + validation), sum(test)]
    assert [(((5, 6), COUNT - len(BAD)),)] * 2 == [one.sizes for one in found]
    assert found[0].png == found[1].png


@pytest.mark.parametrize("what", ["validation", "test"])
def test_a_set_in_memory_that_has_no_readable_image_is_told_at_once(paths, what, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no image")
    bad = Split(ImageFiles((tmp_path / "bad.png",), (1, 6, 5), "crop"), np.array([0]))
    raw = raw_of(paths)._replace(**{what: bad})
    with pytest.raises(UserError, match=f"no image of the {what} set can be read"):
        training_data(raw, config_of("ram"), CPU)


def test_a_held_out_share_without_a_readable_image_is_told(paths):
    held = training_data(raw_of(paths), config_of("ram"), CPU).validation_V.tolist()
    spoil(paths, held)
    with pytest.raises(UserError, match="no image of the validation set can be read"):
        training_data(raw_of(paths), config_of("ram"), CPU)


def test_batches_are_closed_where_an_error_stops_who_reads_them(paths, monkeypatch):
    held, closed = [], []

    def opened(order_N, ready):
        try:
            pixels = torch.zeros((2, 1, 6, 5), dtype=torch.uint8)
            yield Batch(ready(pixels, order_N[:2]), torch.zeros(2).long(), order_N[:2])
        finally:
            closed.append(len(closed))

    def batches(_self, order_N, _sizes, ready=unchanged):
        held.append(opened(order_N, ready))  # so that none is closed by having been forgotten
        return held[-1]

    def fail(*_):
        raise UserError("out of room")

    config = config_of("none")
    sets = training_data(raw_of(paths), config, CPU)
    monkeypatch.setattr(FileLoader, "batches", batches)
    monkeypatch.setattr(training_data_module.Histogram, "add", fail)
    monkeypatch.setattr(sets.pipeline, "normalise", fail)
    with pytest.raises(UserError, match="out of room"):
        training_data(raw_of(paths), config, CPU)
    with pytest.raises(UserError, match="out of room"):
        list(sets.test_batches(4))
    with pytest.raises(RuntimeError):  # the batch does not fit what memory expects
        Cache("ram", CPU, 2, False, "").loader(Split(ImageFiles(paths, (3, 6, 4), "crop"), np.array(LABELS)))
    fitted = sets.fit_batches([2], 1)
    next(fitted)
    fitted.close()
    assert [0, 1, 2, 3] == closed


class Copied:
    """What `to_device` looks at of a tensor."""

    def __init__(self, pinned):
        self.device, self._pinned, self.asked = CPU, pinned, 0

    def is_pinned(self):
        self.asked += 1
        return self._pinned

    def to(self, device, *, non_blocking):
        return SimpleNamespace(device=device, non_blocking=non_blocking)


@pytest.mark.parametrize(
    ("device", "pinned", "expected", "asked"),
    [("mps", True, False, 0), ("cuda", True, True, 1), ("cuda", False, False, 1)],
)
def test_only_pinned_memory_is_copied_while_others_work(device, pinned, expected, asked):
    part = Copied(pinned)
    assert expected is loader.to_device(part, torch.device(device)).non_blocking
    assert asked == part.asked
    assert part is loader.to_device(part, CPU)


def test_memory_leaves_out_what_it_knows_to_be_bad_but_no_batch():
    pixels = torch.arange(4, dtype=torch.uint8).view(4, 1, 1, 1)
    bad = {number: loader.BadFile(f"{number}.png", "torn") for number in (1, 2)}
    memory = MemoryLoader(pixels, torch.arange(4), CPU, CPU, bad)
    found = list(memory.batches(torch.tensor([3, 2, 1, 2, 0]), [2, 2, 1]))
    assert [[3], [], [0]] == [batch.numbers_N.tolist() for batch in found]
    assert [[3], [], [0]] == [batch.images_NCHW.flatten().tolist() for batch in found]


@pytest.mark.parametrize("at_once", [1, 7, 10_000])
def test_images_are_the_same_however_many_batches_are_made_ready_together(paths, monkeypatch, at_once):
    augment = [
        RandomCrop(padding=1),
        Rotate(degrees=20),
        Colour(brightness=0.3, contrast=0.3),
        Cutout(size=2),
    ]
    config = Train(batch_size=8, augment=(*augment, Mixup()), validation=0)
    expected = list(
        training_data(raw_of(paths), config.model_copy(update={"cache": "none"}), CPU).fit_batches([8] * 5, 1)
    )
    sets = training_data(raw_of(paths), config, CPU)
    monkeypatch.setattr(sets.train, "images_at_once", at_once)
    for ours, theirs in zip(sets.fit_batches([8] * 5, 1), expected, strict=True):
        assert all(map(torch.equal, ours, theirs))
