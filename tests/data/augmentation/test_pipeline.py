"""A draw for each image, that depends on seed, epoch and sample alone."""

import re

import pytest
import torch

from cnnspec.data.augmentation.base import Change, Mix, implementation
from cnnspec.data.augmentation.geometry import Move
from cnnspec.data.augmentation.pipeline import Pipeline
from cnnspec.settings.augmentations import AUGMENTATIONS
from cnnspec.settings.augmentations.geometry import HFlip, RandomCrop, Rotate, VFlip
from cnnspec.settings.augmentations.mixing import CutMix, Mixup
from cnnspec.settings.augmentations.pixel_values import Colour, Cutout, Normalise
from tests.data.augmentation.images import COUNT, CPU, PLAIN, RGB, augmented, fit, pixels

ALL = {
    "random_crop": RandomCrop(padding=2),
    "random_crop, mirrored": RandomCrop(padding=(3, 1), padding_mode="reflect"),
    "random_crop, like the edge": RandomCrop(padding=2, padding_mode="replicate"),
    "hflip": HFlip(),
    "vflip": VFlip(p=0.3),
    "rotate": Rotate(degrees=30),
    "colour": Colour(brightness=0.3, contrast=0.3),
    "cutout": Cutout(size=4),
    "three in a row": [RandomCrop(padding=2, p=0.5), Rotate(degrees=20, p=0.5), Cutout(size=3)],
}


def listed(name):
    return ALL[name] if isinstance(ALL[name], list) else [ALL[name]]


@pytest.mark.parametrize("name", ALL)
def test_a_sample_is_augmented_alike_in_every_batch_and_anew_in_each_epoch(name):
    images = pixels()
    whole, _ = augmented(listed(name), images)
    numbers = torch.tensor([7, 399, 0, 123])
    some, _ = augmented(listed(name), images[numbers], numbers=numbers)
    assert torch.equal(some, whole[numbers])
    for epoch, seed in ((2, 0), (1, 1)):
        other, _ = augmented(listed(name), images, epoch=epoch, seed=seed)
        assert not torch.equal(whole, other)


def test_an_epoch_can_be_had_again():
    images, labels, numbers = pixels(20), torch.zeros(20, dtype=torch.int64), torch.arange(20)
    augment = Pipeline([RandomCrop(padding=2)], PLAIN, 5, CPU, 0)
    first, second, again, first_again = (
        fit(augment, images, labels, numbers, epoch)[0] for epoch in (0, 1, 1, 0)
    )
    assert torch.equal(second, again)
    assert torch.equal(first, first_again)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("name", ALL)
def test_each_image_of_a_batch_has_a_draw_of_its_own(name):
    one = pixels(1, height=16, width=16)
    images, _ = augmented(listed(name), one.expand(COUNT, -1, -1, -1))
    assert len(images.flatten(1).unique(dim=0)) > 1


def test_every_augmentation_has_one_that_does_it():
    for declared in AUGMENTATIONS.values():
        does_it = implementation(declared)
        assert declared.__name__ == does_it.__name__
        assert issubclass(does_it, Mix if declared.mixes else (Change, Move))


def test_a_step_makes_no_tensor_from_numbers_for_a_gpu_would_wait_for_each(monkeypatch):
    every = [
        RandomCrop(padding=2), HFlip(), VFlip(), Rotate(degrees=9), Colour(contrast=0.1, saturation=0.1, hue=0.1),
        Normalise(), Cutout(size=3), Mixup(), CutMix(),
    ]  # fmt: skip
    augment, images = Pipeline(every, RGB, 5, CPU, 0), pixels(6, channels=3)
    labels, numbers = torch.arange(6) % 5, torch.arange(6)
    monkeypatch.setattr(torch, "tensor", None)
    monkeypatch.setattr(torch, "as_tensor", None)
    fit(augment, images, labels, numbers, 1)


def test_without_augmentations_an_image_is_what_it_is_in_evaluation():
    images = pixels(10, channels=3)
    augment = Pipeline([HFlip()], RGB, 5, CPU, 0)
    assert torch.equal(augmented([], images, scale=RGB)[0], augment.normalise(images))
    expected = (images.float() - torch.tensor(RGB.mean).view(3, 1, 1)) / torch.tensor(RGB.std).view(3, 1, 1)
    assert torch.equal(expected, augment.normalise(images))


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_an_augmentation_says_what_it_does_by_which_formula_when_and_what_speaks_against_it(name):
    told = AUGMENTATIONS[name].__doc__
    assert ["Formula: ", "When: ", "Against: "] == re.findall(r"^    (\w+: )", told, re.MULTILINE)
