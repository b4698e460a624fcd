"""How a network computes: with which numbers, and how images lie in memory. `auto` asks the hardware."""

from __future__ import annotations

from typing import NamedTuple

import torch

from cnnspec.core.errors import UserError
from cnnspec.settings.train import Train

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Mode(NamedTuple):
    """What convolutions and matrix products work in, and the order of the values of an image."""

    precision: str
    memory_format: torch.memory_format

    @property
    def dtype(self) -> torch.dtype:
        """What autocast takes."""
        return _DTYPES[self.precision]

    def __str__(self) -> str:
        return f"{self.precision}, {str(self.memory_format).removeprefix('torch.').removesuffix('_format')}"


def choose(config: Train, device: torch.device, *, planes: bool = True) -> Mode:
    """The mode that the config asks for on this device; `planes`: whether the network can be channels_last.

    Raises UserError where the device can't compute so.
    """
    precision = config.precision
    if precision == "auto":
        precision = "bf16" if _computes_in_bf16(device) else "fp32"
    if precision == "fp16" and device.type == "cpu":
        raise UserError("precision: fp16 is for GPUs, this is a CPU", "Write auto, bf16 or fp32.")
    wanted = config.memory_format
    if wanted == "auto":
        wanted = "channels_last" if planes and _likes_channels_last(device, precision) else "contiguous"
    channels_last = wanted == "channels_last"
    return Mode(precision, torch.channels_last if channels_last else torch.contiguous_format)


def _computes_in_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    found = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return any(found.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def _likes_channels_last(device: torch.device, precision: str) -> bool:
    """OneDNN's layout is channels_last, and that of tensor cores in 16 bits.

    In fp32 a GPU keeps torch's own: whether its convolutions use tensor cores at all depends on whether it has TF32,
    which torch lets them take (`torch.backends.cudnn.allow_tf32`).
    """
    if device.type == "cpu":
        return bool(torch.backends.mkldnn.is_available())
    return device.type == "cuda" and precision != "fp32"
