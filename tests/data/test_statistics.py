"""Mean and deviation of each channel, to the last bit."""

import pytest
import torch

from cnnspec.data.statistics import ChannelStatistics, Histogram


def statistics_of(pixels_NCHW):
    histogram = Histogram(pixels_NCHW.shape[1])
    for part_NCHW in pixels_NCHW.split(17):
        histogram.add(part_NCHW)
    return histogram.statistics()


def test_the_scale_is_the_mean_and_deviation_of_each_channel():
    pixels = torch.randint(0, 256, (50, 3, 7, 5), dtype=torch.uint8)
    scale, exact = statistics_of(pixels), pixels.double().transpose(0, 1).flatten(1)
    assert exact.mean(1).tolist() == pytest.approx(scale.mean, rel=1e-12)
    assert exact.std(1, correction=0).tolist() == pytest.approx(scale.std, rel=1e-12)


def test_a_constant_channel_is_not_divided_by_0():
    assert ChannelStatistics((7.0,), (1.0,)) == statistics_of(torch.full((4, 1, 2, 2), 7, dtype=torch.uint8))
