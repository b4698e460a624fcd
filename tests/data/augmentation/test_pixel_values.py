"""Colour, cutout and the normalisation."""

import math

import pytest
import torch
from torchvision.transforms.v2 import functional as torchvision

from cnnspec.data.augmentation import pixel_values
from cnnspec.data.augmentation.base import Context
from cnnspec.data.augmentation.pipeline import normalisation
from cnnspec.data.augmentation.pixel_values import grey_weights, turn_hue
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.settings.augmentations.geometry import HFlip
from cnnspec.settings.augmentations.pixel_values import Colour, Cutout, Normalise
from tests.data.augmentation.images import CPU, RGB, SETTING, augmented, pixels


@pytest.mark.parametrize("turn", [0.0, 0.1, 0.3, -0.4, 0.5])
def test_a_turn_of_hue_is_torchvisions(turn):
    images = torch.rand(5, 3, 9, 7)
    images[0, 1] = images[0, 0]
    images[1] = images[1, :1]
    found = turn_hue(images * 255, torch.full((5, 1, 1), turn)) / 255
    torch.testing.assert_close(found, torchvision.adjust_hue(images, turn), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("config", "draw", "adjust"),
    [
        (Colour(brightness=0.4), 0, torchvision.adjust_brightness),
        (Colour(contrast=0.5), 1, torchvision.adjust_contrast),
        (Colour(saturation=1.5), 2, torchvision.adjust_saturation),
    ],
)
def test_factors_of_colour_are_torchvisions(config, draw, adjust):
    images = torch.rand(6, 3, 9, 7)
    draws = torch.rand(6, 4)
    most = config.brightness or config.contrast or config.saturation
    low = max(0, 1 - most)
    found = pixel_values.Colour(config, SETTING)(images * 255, draws) / 255
    for image, own, changed in zip(images, draws, found, strict=True):
        factor = low + own[draw].item() * (1 + most - low)
        torch.testing.assert_close(changed, adjust(image, factor), rtol=0, atol=1e-5)


def test_all_of_colour_in_its_order():
    config = Colour(brightness=0.2, contrast=0.2, saturation=0.2, hue=0.1)
    images, draws = torch.rand(3, 3, 5, 5), torch.full((3, 4), 0.75)
    found = pixel_values.Colour(config, SETTING)(images * 255, draws) / 255
    expected = images
    for adjust in (
        torchvision.adjust_brightness,
        torchvision.adjust_contrast,
        torchvision.adjust_saturation,
    ):
        expected = adjust(expected, 1.1)
    torch.testing.assert_close(found, torchvision.adjust_hue(expected, 0.05), rtol=0, atol=1e-4)


def test_the_grey_of_channels_that_are_no_colours_is_their_mean():
    assert [(1.0,), (0.25,) * 4] == [grey_weights(1), grey_weights(4)]
    images, draws = torch.rand(2, 4, 3, 3) * 255, torch.full((2, 4), 0.25)
    found = pixel_values.Colour(
        Colour(contrast=0.4), Context(ChannelStatistics((0.0,) * 4, (1.0,) * 4), CPU)
    )(images, draws)
    means = images.mean((1, 2, 3), keepdim=True).expand_as(images)
    torch.testing.assert_close(found, torch.lerp(means, images, 0.8))


def test_a_cutout_is_a_square_of_the_mean_that_may_reach_over_the_edge():
    images = torch.full((3_000, 3, 12, 12), 200, dtype=torch.uint8)
    found, _ = augmented([Cutout(size=4)], images, scale=RGB)
    holes = (found == 0).all(1)
    areas = holes.sum((1, 2))
    assert areas.max() == 16
    assert areas.min() == 4
    assert (holes.any(2).sum(1) * holes.any(1).sum(1) == areas).all()
    assert (found[~holes.unsqueeze(1).expand(-1, 3, -1, -1)] > 0).all()
    centre = holes.float().mean(0)[4:8, 4:8]
    assert (centre - 16 / 144).abs().max() < 4 * math.sqrt(16 / 144 / 3_000)


def test_a_cutout_after_normalise_is_zero_and_one_before_is_the_mean_which_becomes_zero():
    images = torch.full((50, 3, 8, 8), 200, dtype=torch.uint8)
    before, _ = augmented([Cutout(size=(3, 2))], images, scale=RGB)
    after, _ = augmented([Normalise(), Cutout(size=(3, 2))], images, scale=RGB)
    torch.testing.assert_close(before, after)


def test_a_share_of_the_images_gets_a_hole():
    images = torch.full((2_000, 1, 8, 8), 200, dtype=torch.uint8)
    found, _ = augmented([Cutout(size=2, p=0.25)], images)
    share = (found == 0).flatten(1).any(1).float().mean().item()
    assert abs(share - 0.25) < 4 * math.sqrt(0.25 * 0.75 / 2_000)


def test_what_is_normalised_by_numbers_of_ones_own():
    images = pixels(4, channels=3)
    config = Normalise(mean=(0.1, 0.2, 0.3), std=0.5)
    found, _ = augmented([config], images, scale=RGB)
    mean = torch.tensor([0.1, 0.2, 0.3]).view(3, 1, 1)
    torch.testing.assert_close(found, (images / 255 - mean) / 0.5)
    assert normalisation([HFlip()], RGB) == RGB
    assert normalisation([Normalise(std=1.0)], RGB) == ChannelStatistics(RGB.mean, (255.0,) * 3)
