"""Draws: even, and of the sample alone."""

import math

import torch

from cnnspec.data.augmentation.random_numbers import uniform
from cnnspec.data.seeding import subseed


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


def test_an_augmentation_more_leaves_the_draws_of_those_before_it():
    numbers = torch.arange(100)
    assert torch.equal(uniform(5, numbers, 2), uniform(5, numbers, 7)[:, :2])
