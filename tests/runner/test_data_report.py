"""The report on a training's data."""

import pytest
import torch

from cnnspec.data.training_data import training_data
from cnnspec.runner.data_report import data_report
from cnnspec.settings.augmentations.pixel_values import Normalise
from cnnspec.settings.train import Train
from tests.runner.trainings import CPU, RAW


def test_a_report_tells_the_datas_own_mean_and_deviation():
    own = data_report(RAW, Train(device="cpu"), 0)
    other = data_report(RAW, Train(device="cpu", augment=(Normalise(mean=0.5, std=0.25),)), 0)
    assert (own.mean, own.std) == (other.mean, other.std)
    pixels = torch.from_numpy(RAW.train.images).view(-1, 64)
    fitted = pixels[training_data(RAW, Train(), CPU).fit_F].double() / 255
    assert fitted.mean().item() == pytest.approx(own.mean[0])
    assert fitted.std(correction=0).item() == pytest.approx(own.std[0])
