"""A U-Net written by hand in torch, the judge of `specs/unet.yaml`."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class DoubleConv(nn.Module):
    """Two 3×3 convolutions, each with batch norm and ReLU."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """The size stays."""
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(x)))


class Up(nn.Module):
    """One level up: twice the size, half the channels, joined with what the encoder had there."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.enlarge = nn.ConvTranspose2d(in_channels, in_channels // 2, 2, stride=2)
        self.convs = DoubleConv(in_channels, in_channels // 2)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """`skip` is the encoder's output of this level."""
        joined: Tensor = self.convs(torch.cat([skip, self.enlarge(x)], dim=1))
        return joined


class UNet(nn.Module):
    """`depth` levels down and up again, `width` channels at the top."""

    def __init__(self, in_channels: int, num_classes: int, depth: int, width: int) -> None:
        super().__init__()
        self.encoders, self.decoders = [], []
        for level in range(depth + 1):
            entered = width * 2 ** (level - 1) if level else in_channels
            self.encoders.append(f"encoder{level}")
            self.add_module(f"encoder{level}", DoubleConv(entered, width * 2**level))
        for level in reversed(range(depth)):
            self.decoders.append(f"decoder{level}")
            self.add_module(f"decoder{level}", Up(width * 2 ** (level + 1)))
        self.head = nn.Conv2d(width, num_classes, 1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """One score a class for each pixel."""
        skips: list[Tensor] = []
        for name in self.encoders:
            if skips:
                x = nn.functional.max_pool2d(x, 2)
            x = self.get_submodule(name)(x)
            skips.append(x)
        skips.pop()
        for name in self.decoders:
            x = self.get_submodule(name)(x, skips.pop())
        scores: Tensor = self.head(x)
        return scores
