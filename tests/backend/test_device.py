"""Devices that repeat themselves."""

from __future__ import annotations

import os

import torch

from cnnspec.backend.device import set_determinism
from tests.runner.trainings import (
    CPU,
)


def test_on_a_settled_gpu_cudnn_takes_its_repeatable_ways(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    set_determinism(torch.device("cpu"))
    assert torch.backends.cudnn.benchmark
    set_determinism(torch.device("cuda"))
    assert not torch.backends.cudnn.benchmark
    assert torch.backends.cudnn.deterministic


def test_deterministic_is_torchs_switch():
    try:
        set_determinism(CPU, deterministic=True)
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        set_determinism(CPU)
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_gpu_that_must_repeat_itself_has_cublas_do_so_too(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", False)
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", "")
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    set_determinism(torch.device("cuda"))
    assert "CUBLAS_WORKSPACE_CONFIG" not in os.environ
    try:
        set_determinism(torch.device("cuda"), deterministic=True)
    finally:
        set_determinism(CPU)
    assert ":4096:8" == os.environ["CUBLAS_WORKSPACE_CONFIG"]
