"""Crops, flips and rotations."""

import math

import pytest
import torch
from torch.nn.functional import affine_grid, grid_sample
from torchvision.transforms.v2 import functional as torchvision

from cnnspec.data.augmentation.geometry import rotate
from cnnspec.data.augmentation.random_numbers import uniform
from cnnspec.data.seeding import subseed
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.settings.augmentations.geometry import HFlip, RandomCrop, Rotate, VFlip
from cnnspec.settings.augmentations.pixel_values import Normalise
from tests.data.augmentation.images import COUNT, RGB, augmented, pixels


def by_hand(image, move, draws):
    """One image, as plain as it gets."""
    _, height, width = image.shape
    if isinstance(move, HFlip):
        return image.flip(2) if draws[0] < move.p else image
    if isinstance(move, VFlip):
        return image.flip(1) if draws[0] < move.p else image
    vertical, horizontal = move.padding if isinstance(move.padding, tuple) else (move.padding,) * 2
    mode = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate"}[move.padding_mode]
    sides = (horizontal, horizontal, vertical, vertical)
    padded = torch.nn.functional.pad(image[None].float(), sides, mode=mode)[0].to(torch.uint8)
    if move.p < 1 and draws[2] >= move.p:
        return image
    top, left = int(draws[0] * (2 * vertical + 1)), int(draws[1] * (2 * horizontal + 1))
    return padded[:, top : top + height, left : left + width]


@pytest.mark.parametrize(
    "moves",
    [
        [RandomCrop(padding=2)],
        [RandomCrop(padding=(3, 1), padding_mode="reflect")],
        [RandomCrop(padding=12, padding_mode="replicate")],
        [VFlip(), RandomCrop(padding=(1, 3), p=0.4), HFlip()],
        [RandomCrop(padding=1), RandomCrop(padding=2), HFlip()],
        [HFlip()],
        [VFlip()],
        [RandomCrop(padding=2), HFlip()],
        [HFlip(), RandomCrop(padding=(1, 4)), VFlip(p=0.7), RandomCrop(padding=2, padding_mode="reflect")],
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_crops_and_flips_are_those_made_image_by_image_bitwise(moves, channels):
    images = pixels(60, channels)
    widths = [2 + (move.p < 1) if isinstance(move, RandomCrop) else 1 for move in moves]
    draws = uniform(subseed(0, "augment", 1), torch.arange(60), sum(widths))
    expected = []
    for image, own in zip(images, draws, strict=True):
        for move, part in zip(moves, own.split(widths), strict=True):
            image = by_hand(image, move, part)  # noqa: PLW2901 -- step by step
        expected.append(image)
    scale = ChannelStatistics((0.0,) * channels, (1.0,) * channels)
    assert torch.equal(torch.stack(expected).float(), augmented(moves, images, scale=scale)[0])


def test_moves_are_the_same_on_bytes_and_on_floats():
    images, moves = pixels(channels=3), [RandomCrop(padding=2, padding_mode="reflect"), HFlip()]
    before, _ = augmented([*moves, Normalise()], images, scale=RGB)
    after, _ = augmented([Normalise(), *moves], images, scale=RGB)
    assert torch.equal(before, after)


def test_what_comes_in_from_outside_is_black_before_normalise_and_the_mean_after_it():
    images = torch.full((300, 3, 8, 8), 200, dtype=torch.uint8)
    for config, black in ((RandomCrop(padding=4), [0, 0, 0]), (Rotate(degrees=180), [0, 0, 0])):
        before, _ = augmented([config], images, scale=RGB)
        after, _ = augmented([Normalise(), config], images, scale=RGB)
        at_black = (torch.tensor(black) - torch.tensor(RGB.mean)) / torch.tensor(RGB.std)
        assert torch.equal(at_black, before.amin((0, 2, 3)))
        assert torch.equal(torch.zeros(3), after.amin((0, 2, 3)))


def test_half_of_the_images_are_flipped_or_the_share_that_is_asked_for():
    images = pixels(4_000)
    for p in (0.5, 0.1, 0.0, 1.0):
        found, _ = augmented([HFlip(p=p)], images)
        share = (found == images.flip(3)).flatten(1).all(1).float().mean().item()
        assert abs(share - p) <= 4 * math.sqrt(p * (1 - p) / 4_000)


def test_crops_shift_by_every_amount_equally_often():
    image = torch.zeros(1, 1, 9, 9, dtype=torch.uint8)
    image[..., 4, 4] = 1
    found, _ = augmented([RandomCrop(padding=2)], image.expand(5_000, -1, -1, -1))
    counts = found.sum((0, 1))[2:7, 2:7]
    assert counts.sum() == 5_000
    assert ((counts - 200) ** 2 / 200).sum() < 24 + 4 * math.sqrt(48)


def test_a_rotation_is_torchvisions():
    images = torch.rand(3, 1, 28, 20)
    found = rotate(images, torch.tensor([30.0, -7.0, 180.0]))
    bilinear = torchvision.InterpolationMode.BILINEAR
    for image, turned_image, degrees in zip(images, found, (30.0, -7.0, 180.0), strict=True):
        expected = torchvision.rotate(image, degrees, bilinear)
        torch.testing.assert_close(turned_image, expected, rtol=0, atol=1e-4)


def test_a_rotation_by_nothing_changes_nothing():
    images = torch.rand(3, 2, 8, 8)
    torch.testing.assert_close(rotate(images, torch.zeros(3)), images)
    found, _ = augmented([Rotate(degrees=90, p=0)], pixels())
    assert torch.equal(pixels().float(), found)
    found, _ = augmented([Rotate(degrees=90, p=0.3)], pixels())
    share = (found == pixels()).flatten(1).all(1).float().mean().item()
    assert abs(share - 0.7) < 4 * math.sqrt(0.3 * 0.7 / COUNT)


def test_a_rotation_is_affine_grids():
    images, theta = torch.rand(1, 1, 6, 6), torch.tensor([[[0.0, -1.0, 0.0], [1.0, 0.0, 0.0]]])
    grid = affine_grid(theta, [1, 1, 6, 6], align_corners=False)
    expected = grid_sample(images, grid, align_corners=False)
    torch.testing.assert_close(rotate(images, torch.tensor([90.0])), expected, atol=1e-5, rtol=0)


def test_angles_are_drawn_from_the_whole_range():
    """The centre of mass of a dot to the right turns as far as its image."""
    image = torch.zeros(1, 1, 33, 33, dtype=torch.uint8)
    image[..., 15:18, 27:30] = 255
    found, _ = augmented([Rotate(degrees=40)], image.expand(2_000, -1, -1, -1))
    places = torch.arange(33) - 16.0
    mass = found.sum((1, 2, 3))
    x, y = (found.sum(2)[:, 0] * places).sum(1) / mass, (found.sum(3)[:, 0] * places).sum(1) / mass
    degrees = torch.rad2deg(torch.atan2(-y, x))
    assert abs(degrees.mean()) < 4 * 40 / math.sqrt(3 * 2_000)
    assert -41 < degrees.min() < -38
    assert 38 < degrees.max() < 41
