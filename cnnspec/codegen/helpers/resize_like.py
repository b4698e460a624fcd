"""Resizing to the size of another value, whatever that is."""

import torch
from torch import nn


class ResizeLike(nn.Module):
    """Resizes its first input to the spatial size of the second."""

    def __init__(
        self, *, mode: str = "nearest", align_corners: bool | None = None, antialias: bool = False
    ) -> None:
        """The arguments of torch.nn.functional.interpolate."""
        super().__init__()
        self.mode = mode
        self.align_corners = align_corners
        self.antialias = antialias

    def forward(self, x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        """Channels stay, positions become as many as `like` has."""
        size = list(like.shape[2:])
        return nn.functional.interpolate(
            x, size=size, mode=self.mode, align_corners=self.align_corners, antialias=self.antialias
        )

    def extra_repr(self) -> str:
        """The arguments, for print."""
        return f"mode={self.mode!r}, align_corners={self.align_corners}, antialias={self.antialias}"
