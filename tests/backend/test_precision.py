"""Which numbers and which memory format are chosen."""

from __future__ import annotations

import torch

from cnnspec.backend.precision import Precision, choose_precision
from cnnspec.settings.train import Train
from tests.runner.trainings import (
    CPU,
)


def test_auto_takes_bf16_where_the_hardware_has_it(monkeypatch):
    for has, precision in ((True, "bf16"), (False, "fp32")):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda has=has: {"avx512_bf16": has})
        assert precision == choose_precision(Train(precision="auto"), CPU).name
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    cuda = torch.device("cuda")
    found = choose_precision(Train(precision="auto"), cuda)
    assert found == Precision("bf16", torch.channels_last)
    assert choose_precision(Train(), cuda) == Precision("fp32", torch.contiguous_format)
    assert choose_precision(Train(precision="auto"), torch.device("mps")).name == "fp32"


def test_channels_last_is_for_images():
    assert choose_precision(Train(), CPU, has_images=False).memory_format == torch.contiguous_format
    assert choose_precision(Train(memory_format="contiguous"), CPU).memory_format == torch.contiguous_format
    assert str(Precision("fp32", torch.channels_last)) == "fp32, channels_last"
