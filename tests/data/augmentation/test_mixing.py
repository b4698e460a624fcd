"""Mixup and CutMix, and the shares that they draw."""

import math

import pytest
import torch

from cnnspec.data.augmentation.mixing import Beta
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.settings.augmentations.mixing import CutMix, Mixup
from tests.data.augmentation.images import COUNT, CPU, augmented, pixels


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


def test_two_mixes_follow_each_other():
    _, targets = augmented([Mixup(), CutMix()], pixels())
    torch.testing.assert_close(targets.sum(1), torch.ones(COUNT))
