"""What a run was made with, so that it can be made again."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib import metadata

import torch

from cnnspec.backend.precision import Precision

_PACKAGES = ("cnnspec", "torch", "numpy", "pillow", "safetensors")


def describe(
    device: torch.device, precision: Precision, seed: int, command: Sequence[str]
) -> dict[str, object]:
    """Versions, device, threads, seed and command; nothing that tells whose machine it was."""
    return {
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES},
        "platform": f"{platform.system()} {platform.machine()}",
        "device": str(device),
        "device_name": _name(device),
        "precision": precision.name,
        "memory_format": str(precision.memory_format).removeprefix("torch."),
        "threads": torch.get_num_threads(),
        "seed": seed,
        "command": list(command),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return torch.backends.cpu.get_cpu_capability() if device.type == "cpu" else device.type
