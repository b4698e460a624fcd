"""One of equal parts of an axis, whatever its size."""

import torch
from torch import nn


class Part(nn.Module):
    """Takes one of `of` equal parts of the axis `dim`, counted from 0."""

    def __init__(self, part: int, of: int, dim: int) -> None:
        """`dim` counts the batch."""
        super().__init__()
        self.part = part
        self.of = of
        self.dim = dim

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A view of the part."""
        return x.chunk(self.of, self.dim)[self.part]

    def extra_repr(self) -> str:
        """The arguments, for print."""
        return f"part={self.part}, of={self.of}, dim={self.dim}"
