"""The arithmetic of torchvision.ops.StochasticDepth, without torchvision."""

import torch
from torch import nn


class StochasticDepth(nn.Module):
    """Drops its whole input in training with probability p: each sample by itself, or all of a batch."""

    def __init__(self, p: float, mode: str = "row") -> None:
        """`mode` is row or batch."""
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Nothing happens in eval mode; what survives is enlarged to keep the mean."""
        if not self.training or self.p == 0.0:
            return x
        survival = 1.0 - self.p
        rows = x.shape[0] if self.mode == "row" else 1
        noise = torch.empty([rows] + [1] * (x.ndim - 1), dtype=x.dtype, device=x.device).bernoulli_(survival)
        if survival > 0.0:
            noise.div_(survival)
        return x * noise

    def extra_repr(self) -> str:
        """The arguments, for print."""
        return f"p={self.p}, mode={self.mode!r}"
