"""A stretch of an axis whose bounds hold for any size: counted from the end, or left open."""

import torch
from torch import nn


class Slice(nn.Module):
    """Takes x[start:stop] along the axis `dim`."""

    def __init__(self, dim: int, start: int = 0, stop: int | None = None) -> None:
        """`dim` counts the batch; the bounds are Python's."""
        super().__init__()
        self.dim = dim
        self.start = start
        self.stop = stop

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A view of the stretch."""
        return x[(slice(None),) * self.dim + (slice(self.start, self.stop),)]

    def extra_repr(self) -> str:
        """The arguments, for print."""
        return f"dim={self.dim}, start={self.start}, stop={self.stop}"
