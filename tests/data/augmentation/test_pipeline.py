"""Augmentation: a draw for each image, that depends on seed, epoch and sample alone; and what it does."""

import math
import re

import pytest
import torch
from torch.nn.functional import affine_grid, grid_sample
from torchvision.transforms.v2 import functional as torchvision

from cnnspec.data.augmentation import values as pixel_values
from cnnspec.data.augmentation.base import Change, Context, Mix, implementation
from cnnspec.data.augmentation.geometry import Move, rotate
from cnnspec.data.augmentation.mixing import Beta
from cnnspec.data.augmentation.pipeline import Pipeline, normalisation
from cnnspec.data.augmentation.random_numbers import uniform
from cnnspec.data.augmentation.values import grey_weights, turn_hue
from cnnspec.data.seeding import subseed
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.settings.augmentations import AUGMENTATIONS
from cnnspec.settings.augmentations.geometry import HFlip, RandomCrop, Rotate, VFlip
from cnnspec.settings.augmentations.mixing import CutMix, Mixup
from cnnspec.settings.augmentations.values import Colour, Cutout, Normalise

CPU = torch.device("cpu")
PLAIN = ChannelStatistics((0.0,), (1.0,))
RGB = ChannelStatistics((10.0, 20.0, 30.0), (1.0, 2.0, 3.0))
SETTING = Context(RGB, CPU)
COUNT = 400


def pixels(count=COUNT, channels=1, height=9, width=7, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, channels, height, width), dtype=torch.uint8, generator=generator)


def fit(augment, images_NCHW, labels_N, numbers_N, epoch):
    """A batch as training has it."""
    return augment.mix(augment.augment(images_NCHW, numbers_N, epoch), labels_N, numbers_N, epoch)


def augmented(augmentations, images_NCHW, *, scale=PLAIN, numbers=None, epoch=1, seed=0, classes=5):
    labels_N = torch.arange(len(images_NCHW)) % classes
    numbers_N = torch.arange(len(images_NCHW)) if numbers is None else numbers
    return fit(Pipeline(augmentations, scale, classes, CPU, seed), images_NCHW, labels_N, numbers_N, epoch)


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


def test_draws_are_even_and_know_nothing_of_each_other():
    values = uniform(subseed(3, "augment", 1), torch.arange(20_000), 3)
    assert 0 <= values.min() < values.max() < 1
    counts = torch.histc(values, 100, 0, 1)
    expected = values.numel() / 100
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert abs(chi_square - 99) < 4 * math.sqrt(2 * 99)
    next_epoch = uniform(subseed(3, "augment", 2), torch.arange(20_000), 3)
    columns = torch.cat([values, next_epoch, values.roll(1, 0)], 1)
    correlation = torch.corrcoef(columns.T) - torch.eye(9)
    assert correlation.abs().max() < 4 / math.sqrt(20_000)


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


def test_an_augmentation_more_leaves_the_draws_of_those_before_it():
    numbers = torch.arange(100)
    assert torch.equal(uniform(5, numbers, 2), uniform(5, numbers, 7)[:, :2])


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


def test_without_augmentations_an_image_is_what_it_is_in_evaluation():
    images = pixels(10, channels=3)
    augment = Pipeline([HFlip()], RGB, 5, CPU, 0)
    assert torch.equal(augmented([], images, scale=RGB)[0], augment.normalise(images))
    expected = (images.float() - torch.tensor(RGB.mean).view(3, 1, 1)) / torch.tensor(RGB.std).view(3, 1, 1)
    assert torch.equal(expected, augment.normalise(images))


@pytest.mark.parametrize("alpha", [0.05, 0.2, 0.5, 1.0, 2.0, 30.0])
def test_shares_have_betas_moments(alpha):
    draws = (torch.arange(100_000) + 0.5) / 100_000
    values = Beta(alpha, CPU)(draws).double()
    assert torch.equal(values, values.sort().values)
    assert abs(values.mean() - 0.5) < 1e-3
    assert values.var() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=5e-3)
    fourth = torch.distributions.Beta(alpha, alpha).sample((400_000,)).sub(0.5).pow(4).mean()
    assert values.sub(0.5).pow(4).mean() == pytest.approx(fourth.item(), rel=0.03)


@pytest.mark.parametrize("alpha", [0.01, 0.2, 1.0, 10.0, 100.0])
def test_the_least_and_the_greatest_draw_are_shares_too(alpha):
    least, small, middle, greatest = Beta(alpha, CPU)(torch.tensor([0.0, 2**-24, 0.5, 1 - 2**-24])).tolist()
    assert 0 <= least <= small < 0.5 < greatest <= 1
    assert middle == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("alpha", [0.2, 0.7, 1.5, 4.0])
def test_shares_are_betas_by_its_distribution_function(alpha):
    """Integrated anew, by the middles of many narrow steps in a variable of its own: x = sin²(t)."""
    draws = torch.tensor([0.02, 0.1, 0.25, 0.4, 0.7, 0.95])
    shares = Beta(alpha, CPU)(draws).double()
    steps = (torch.arange(2_000_000, dtype=torch.float64) + 0.5) / 2_000_000
    density = ((math.pi / 2 * steps).sin() * (math.pi / 2 * steps).cos()) ** (2 * alpha - 1)
    total = density.cumsum(0) / density.sum()
    found = total[(torch.asin(shares.sqrt()) / (math.pi / 2) * 2_000_000).long()]
    torch.testing.assert_close(found, draws.double(), rtol=0, atol=3e-4 if alpha > 0.5 else 3e-3)


def test_an_even_beta_is_the_draw_itself():
    draws = torch.rand(1_000)
    torch.testing.assert_close(Beta(1.0, CPU)(draws), draws, rtol=0, atol=1e-5)


def test_mixup_fades_images_and_labels_alike():
    images = torch.arange(COUNT).view(-1, 1, 1, 1).remainder(200).to(torch.uint8).expand(-1, 1, 3, 3)
    found, targets = augmented([Mixup(alpha=1.0)], images)
    previous = images.roll(1, 0)[:, 0, 0, 0].float()
    own = images[:, 0, 0, 0].float()
    share = (found[:, 0, 0, 0] - previous) / (own - previous)
    labels = torch.arange(COUNT) % 5
    torch.testing.assert_close(targets[torch.arange(COUNT), labels], share, atol=1e-3, rtol=0)
    torch.testing.assert_close(targets.sum(1), torch.ones(COUNT))
    assert len(share.round(decimals=3).unique()) > 100


def test_cutmix_patches_images_and_counts_the_pixels_for_the_labels():
    images = torch.arange(COUNT).view(-1, 1, 1, 1).remainder(250).to(torch.uint8).expand(-1, 2, 10, 12)
    found, targets = augmented([CutMix()], images, scale=ChannelStatistics((0.0, 0.0), (1.0, 1.0)))
    own = found == images
    taken = found == images.roll(1, 0)
    assert (own | taken).all()
    share = own[:, 0].float().mean((1, 2))
    labels = torch.arange(COUNT) % 5
    torch.testing.assert_close(targets[torch.arange(COUNT), labels], share)
    assert torch.equal(own[:, 0], own[:, 1])
    assert 0.55 < share.mean() < 0.75


def test_a_lone_image_is_mixed_with_itself():
    images = pixels(1)
    found, targets = augmented([Mixup(), CutMix()], images)
    torch.testing.assert_close(found, images.float())
    assert torch.equal(torch.tensor([[1.0, 0, 0, 0, 0]]), targets)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_an_augmentation_says_what_it_does_by_which_formula_when_and_what_speaks_against_it(name):
    told = AUGMENTATIONS[name].__doc__
    assert ["Formula: ", "When: ", "Against: "] == re.findall(r"^    (\w+: )", told, re.MULTILINE)


def test_two_mixes_follow_each_other():
    _, targets = augmented([Mixup(), CutMix()], pixels())
    torch.testing.assert_close(targets.sum(1), torch.ones(COUNT))
