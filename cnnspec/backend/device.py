"""Devices: a name becomes one that is there, and the same numbers give the same bits on it."""

from __future__ import annotations

import os

import torch

from cnnspec.core.errors import UserError


def resolve_device(name: str) -> torch.device:
    """The device of this name; `auto` is the GPU if there is one. Raises UserError when it isn't there."""
    if name == "auto":
        return torch.device(_best())
    device = torch.device(name)
    if device.type == "cuda":
        _require_cuda(device)
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise UserError("device: there is no mps on this machine", _OTHER_DEVICES)
    return device


def set_determinism(device: torch.device, *, deterministic: bool = False) -> None:
    """Have the same numbers give the same bits: on a CPU with the same number of threads, on a GPU in cuDNN.

    With `deterministic`, on a GPU in everything: an operation that can't raises when it is called.
    """
    if deterministic != torch.are_deterministic_algorithms_enabled():
        torch.use_deterministic_algorithms(deterministic)  # which imports torch._inductor, over a second
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
    if device.type == "cuda" and deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it cuBLAS promises nothing


_OTHER_DEVICES = "Leave it out, or write auto or cpu."


def _best() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _require_cuda(device: torch.device) -> None:
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count == 0:
        raise UserError(
            f"device: {device} is not there: torch {torch.__version__} sees no CUDA GPU", _OTHER_DEVICES
        )
    if device.index is not None and device.index >= count:
        raise UserError(
            f"device: {device} is not there: the last of {count} is cuda:{count - 1}", _OTHER_DEVICES
        )
