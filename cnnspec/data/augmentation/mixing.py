"""One image of two, each with the one before it in the batch; labels are shared likewise."""

from __future__ import annotations

import torch
from torch import Tensor

from cnnspec.data.augmentation.base import Context, Mix
from cnnspec.data.augmentation.pixel_values import rectangles
from cnnspec.settings.augmentations import mixing as declared

_KNOTS = 4097


class Mixup(Mix):
    """Each image faded into the one before it."""

    draws = 1

    def __init__(self, config: declared.Mixup, context: Context) -> None:
        self._beta = Beta(config.alpha, context.device)

    def __call__(self, images_NCHW: Tensor, targets_NK: Tensor, draws_ND: Tensor) -> tuple[Tensor, Tensor]:
        """Images and targets, mixed."""
        share_N = self._beta(draws_ND[:, 0])
        return (
            torch.lerp(images_NCHW.roll(1, 0), images_NCHW, share_N.view(-1, 1, 1, 1)),
            torch.lerp(targets_NK.roll(1, 0), targets_NK, share_N.view(-1, 1)),
        )


class CutMix(Mix):
    """A rectangle of each image from the one before it."""

    draws = 3

    def __init__(self, config: declared.CutMix, context: Context) -> None:
        self._beta = Beta(config.alpha, context.device)

    def __call__(self, images_NCHW: Tensor, targets_NK: Tensor, draws_ND: Tensor) -> tuple[Tensor, Tensor]:
        """Images and targets, mixed; what a target keeps is what of its image is left, in whole pixels."""
        shape = images_NCHW.shape[2:]
        side_N1 = (1 - self._beta(draws_ND[:, 2])).sqrt().unsqueeze(1)
        patch_NHW = rectangles(draws_ND[:, :2], shape, [(side_N1 * size).round() for size in shape])
        kept_N1 = 1 - patch_NHW.float().mean((1, 2)).unsqueeze(1)
        return (
            torch.where(patch_NHW.unsqueeze(1), images_NCHW.roll(1, 0), images_NCHW),
            torch.lerp(targets_NK.roll(1, 0), targets_NK, kept_N1),
        )


class Beta:
    """Beta(alpha, alpha) by its inverse distribution function, from a table of half of it: it is symmetric.

    Its density is (x(1 − x))^(α−1), but for a factor: infinite at 0 where α < 1. With v = x^m, m = min(α, 1), the
    integrand is x^(α−m)·(1 − x)^(α−1), which is smooth.
    """

    def __init__(self, alpha: float, device: torch.device) -> None:
        self._power = power = min(alpha, 1.0)
        knots_V = torch.linspace(0, 0.5**power, _KNOTS, dtype=torch.float64)
        values_V = knots_V ** (1 / power)
        density_V = values_V ** (alpha - power) * (1 - values_V) ** (alpha - 1)
        shares_V = torch.cat(
            [torch.zeros(1, dtype=torch.float64), torch.cumulative_trapezoid(density_V, knots_V)]
        )
        self._shares_V = (shares_V * (0.5 / shares_V[-1])).to(device, torch.float32)
        self._knots_V = knots_V.to(device, torch.float32)

    def __call__(self, draw_N: Tensor) -> Tensor:
        """A number from 0 to 1 for each from 0 to 1."""
        lower_N = torch.minimum(draw_N, 1 - draw_N)
        right_N = torch.searchsorted(self._shares_V, lower_N.contiguous()).clamp_(1, _KNOTS - 1)
        low_N, high_N = self._shares_V[right_N - 1], self._shares_V[right_N]
        part_N = (lower_N - low_N) / (high_N - low_N).clamp_(min=torch.finfo(torch.float32).tiny)
        knot_N = torch.lerp(self._knots_V[right_N - 1], self._knots_V[right_N], part_N)
        value_N = knot_N ** (1 / self._power)
        return torch.where(draw_N <= 0.5, value_N, 1 - value_N)  # noqa: PLR2004 -- the middle
