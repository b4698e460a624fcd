"""Precision: in which numbers a network computes, and how images lie in memory. `auto` asks the hardware."""

from __future__ import annotations

from typing import NamedTuple

import torch

from cnnspec.core.errors import UserError
from cnnspec.settings.train import Train

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Precision(NamedTuple):
    """fp32, bf16 or fp16, in which convolutions and matrix products are, and the order of an image's values."""

    name: str
    memory_format: torch.memory_format

    @property
    def dtype(self) -> torch.dtype:
        """What autocast takes."""
        return _DTYPES[self.name]

    def __str__(self) -> str:
        return f"{self.name}, {str(self.memory_format).removeprefix('torch.').removesuffix('_format')}"


def choose_precision(config: Train, device: torch.device, *, has_images: bool = True) -> Precision:
    """What `train:` asks for on this device; `has_images`: whether anything in the network can be channels_last.

    Raises UserError where the device can't compute so.
    """
    precision = config.precision
    if precision == "auto":
        precision = "bf16" if _has_bf16(device) else "fp32"
    if precision == "fp16" and device.type == "cpu":
        raise UserError("precision: fp16 is for GPUs, this is a CPU", "Write auto, bf16 or fp32.")
    wanted = config.memory_format
    if wanted == "auto":
        wanted = (
            "channels_last" if has_images and _is_faster_in_channels_last(device, precision) else "contiguous"
        )
    channels_last = wanted == "channels_last"
    return Precision(precision, torch.channels_last if channels_last else torch.contiguous_format)


def _has_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    abilities = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return any(abilities.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def _is_faster_in_channels_last(device: torch.device, precision: str) -> bool:
    """On a CPU with oneDNN, and on a GPU in 16 bits, whose tensor cores work so.

    In fp32 a GPU keeps torch's own order: only with TF32 are convolutions on tensor cores at all, and that is for
    torch to say (`torch.backends.cudnn.allow_tf32`).
    """
    if device.type == "cpu":
        return bool(torch.backends.mkldnn.is_available())
    return device.type == "cuda" and precision != "fp32"
