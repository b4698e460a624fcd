"""Norms over other axes than the last, as ConvNeXt has LayerNorm over the channels of an image."""

import torch
from torch import nn


class OverAxes(nn.Module):
    """Gives a norm of torch's the axes `dim` of its input, instead of the last ones."""

    dim: tuple[int, ...]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Move the axes to the end, normalise, and move them back."""
        last = tuple(range(-len(self.dim), 0))
        y: torch.Tensor = super().forward(x.movedim(self.dim, last))
        return y.movedim(last, self.dim)

    def extra_repr(self) -> str:
        """The arguments, for print."""
        return f"{super().extra_repr()}, dim={self.dim}"


class LayerNormOver(OverAxes, nn.LayerNorm):
    """A LayerNorm over the axes `dim` of its input, instead of the last ones."""

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        dim: int | tuple[int, ...],
        *,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        """`dim` counts the batch, ascending; `normalized_shape` has the sizes along it."""
        super().__init__(normalized_shape, eps, elementwise_affine, bias)
        self.dim = (dim,) if isinstance(dim, int) else dim


class RMSNormOver(OverAxes, nn.RMSNorm):
    """An RMSNorm over the axes `dim` of its input, instead of the last ones."""

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        dim: int | tuple[int, ...],
        *,
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        """`dim` counts the batch, ascending; `normalized_shape` has the sizes along it."""
        super().__init__(normalized_shape, eps, elementwise_affine)
        self.dim = (dim,) if isinstance(dim, int) else dim
