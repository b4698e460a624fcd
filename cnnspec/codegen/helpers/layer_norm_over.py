"""LayerNorm over other axes than the last, as ConvNeXt has it over the channels of an image."""

import torch
from torch import nn


class LayerNormOver(nn.LayerNorm):
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
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        super().__init__(list(shape), eps, elementwise_affine, bias)
        self.dim = (dim,) if isinstance(dim, int) else dim
        self.last = tuple(range(-len(self.dim), 0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Move the axes to the end, normalise, and move them back."""
        return super().forward(x.movedim(self.dim, self.last)).movedim(self.last, self.dim)

    def extra_repr(self) -> str:
        """The arguments, for print."""
        return f"{super().extra_repr()}, dim={self.dim}"
