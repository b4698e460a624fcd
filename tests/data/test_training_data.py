"""Which images are fitted, how many of each class, by how many threads, and what is said where they are too few."""

import os
import tracemalloc
from array import array

import pytest
import torch

from cnnspec.core.errors import UserError
from cnnspec.runner.data_report import survey
from cnnspec.settings.augmentations.values import Normalise
from cnnspec.settings.train import Train
from cnnspec.train.data.cores import cores
from cnnspec.train.data.order import hold_out
from cnnspec.train.data.raw import Files, Part, Pixels, Raw
from cnnspec.train.data.sets import counts_of, divide
from tests.runner.trainings import CPU, RAW


@pytest.mark.parametrize("config", [Train(validation=0.3), Train(overfit_batches=2, batch_size=8)])
@pytest.mark.parametrize("own_validation", [False, True])
def test_the_images_of_each_class_are_counted_that_are_fitted(config, own_validation):
    raw = RAW._replace(validation=RAW.test if own_validation else None)
    sets = divide(raw, config, CPU)
    assert sets.train.labels_N[sets.fit_F].bincount(minlength=10).tolist() == counts_of(raw, config)
    if config.overfit_batches:
        assert 16 == sum(counts_of(raw, config))


@pytest.mark.parametrize("classes", [1, 2, 3, 10])
@pytest.mark.parametrize("each", [5, 25, 30, 40])
def test_no_batch_is_refused_beforehand_that_fits_what_is_left_to_train_on(classes, each):
    labels_N = torch.arange(classes).repeat(each)
    for hundredths in range(1, 100):
        share = hundredths / 100
        if 0 < round(share * each) < each:
            left = len(hold_out(labels_N, share, seed=0)[0])
            Train(batch_size=left, validation=share).fits(len(labels_N), classes)


@pytest.mark.parametrize(
    ("config", "message", "hint"),
    [
        (Train(validation=0.5, batch_size=800), "batch_size: 800 is more than the 721 images", 512),
        (
            Train(validation=0.5, batch_size=64, accumulate=20),
            "accumulate: 20 is more than the 12 batches",
            11,
        ),
    ],
)
def test_what_is_advised_for_few_images_counts_what_is_held_out_once(config, message, hint):
    with pytest.raises(UserError) as caught:
        divide(RAW, config, CPU)
    assert caught.value.message.startswith(message)
    assert f"Write {hint} or less." == caught.value.hint


def test_the_threads_are_as_many_as_the_cores_that_may_be_used(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 5, 7}, raising=False)
    assert 3 == cores()
    monkeypatch.delattr(os, "sched_getaffinity")
    assert 64 == cores()
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert 1 == cores()


def test_a_digest_takes_no_copy_of_the_images():
    part = Part(Pixels((8, 1, 1024, 1024), bytearray(8 * 2**20)), array("q", range(8)))
    tracemalloc.start()
    try:
        assert part.digest
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_survey_tells_the_datas_own_mean_and_deviation():
    own = survey(RAW, Train(device="cpu"), 0)
    other = survey(RAW, Train(device="cpu", augment=(Normalise(mean=0.5, std=0.25),)), 0)
    assert (own.mean, own.std) == (other.mean, other.std)
    pixels = torch.frombuffer(RAW.train.images.values, dtype=torch.uint8).view(-1, 64)
    fitted = pixels[divide(RAW, Train(), CPU).fit_F].double() / 255
    assert fitted.mean().item() == pytest.approx(own.mean[0])
    assert fitted.std(correction=0).item() == pytest.approx(own.std[0])


def test_what_images_are_normalised_by_is_what_normalise_says():
    sets = divide(RAW, Train(augment=(Normalise(mean=0.5, std=0.25),)), CPU)
    assert ((127.5,), (63.75,)) == sets.augment.scale
    assert sets.scale == divide(RAW, Train(), CPU).scale


def test_a_batch_larger_than_the_set_is_told_before_a_file_is_decoded(tmp_path):
    nowhere = tuple(tmp_path / f"{number}.png" for number in range(6))
    part = Part(Files(nowhere, (1, 6, 5), "crop"), array("q", [0, 1] * 3))
    with pytest.raises(UserError, match="batch_size: 7 is more than the 6 images"):
        divide(Raw(part, None, part, ("a", "b")), Train(batch_size=7, validation=0), CPU)
