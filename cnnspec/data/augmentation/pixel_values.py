"""Augmentations that change what pixels are: colour, cutout, and the normalisation."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from cnnspec.data.augmentation.base import Change, Context
from cnnspec.data.dataset import WHITE
from cnnspec.settings.augmentations import pixel_values as declared
from cnnspec.settings.augmentations.base import pair

GREY = (0.2989, 0.587, 0.114)
"""What red, green and blue add to grey (ITU-R BT.601, as torchvision rounds it)."""


class Cutout(Change):
    """A rectangle of each image filled with the mean."""

    draws = 3

    def __init__(self, config: declared.Cutout, context: Context) -> None:
        mean = context.statistics.mean
        self._sides, self._share = pair(config.size), config.p
        self._fill_C11 = context.tensor((0.0,) * len(mean) if context.normalised else mean)

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """As Change has it."""
        hole_NHW = rectangles(draws_ND[:, :2], images_NCHW.shape[2:], self._sides)
        hole_NHW &= (draws_ND[:, 2] < self._share).view(-1, 1, 1)
        return torch.where(hole_NHW.unsqueeze(1), self._fill_C11, images_NCHW)


def rectangles(places_N2: Tensor, shape: torch.Size, sides: Sequence[int | Tensor]) -> Tensor:
    """Rectangles of these sides, whole numbers for all or whole sides_N1, about a pixel drawn from all: inside_NHW."""
    inside = []
    for axis, (size, side) in enumerate(zip(shape, sides, strict=True)):
        centre_N1 = (places_N2[:, axis] * size).floor().unsqueeze(1)
        first_N1 = centre_N1 - side // 2
        at_S = torch.arange(size, device=places_N2.device)
        inside.append((at_S >= first_N1) & (at_S < first_N1 + side))
    rows_NH, columns_NW = inside
    return rows_NH.unsqueeze(2) & columns_NW.unsqueeze(1)


class Colour(Change):
    """Brightness, contrast, saturation and hue, each by a factor of the image's own."""

    draws = 4

    def __init__(self, config: declared.Colour, context: Context) -> None:
        self._config = config
        self._grey_C11 = context.tensor(grey_weights(len(context.statistics.mean)))

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """As Change has it."""
        config, draws = self._config, draws_ND.view(*draws_ND.shape, 1, 1, 1)
        if config.brightness:
            images_NCHW = (images_NCHW * _factor(draws[:, 0], config.brightness)).clamp_(0, WHITE)
        if config.contrast:
            mean_N111 = self._grey(images_NCHW).mean((1, 2, 3), keepdim=True)
            images_NCHW = _blend(images_NCHW, mean_N111, _factor(draws[:, 1], config.contrast))
        if config.saturation:
            grey_N1HW = self._grey(images_NCHW)
            images_NCHW = _blend(images_NCHW, grey_N1HW, _factor(draws[:, 2], config.saturation))
        if config.hue:
            images_NCHW = turn_hue(images_NCHW, (2 * draws[:, 3] - 1).squeeze(1) * config.hue)
        return images_NCHW

    def _grey(self, images_NCHW: Tensor) -> Tensor:
        return (images_NCHW * self._grey_C11).sum(1, keepdim=True)


def _factor(draw: Tensor, most: float) -> Tensor:
    low = max(0.0, 1 - most)
    return low + draw * (1 + most - low)


def _blend(images_NCHW: Tensor, other: Tensor, share: Tensor) -> Tensor:
    return torch.lerp(other.expand_as(images_NCHW), images_NCHW, share).clamp_(0, WHITE)


def grey_weights(channels: int) -> tuple[float, ...]:
    """What each channel adds to how bright a pixel is; of images that are not RGB, all the same."""
    return GREY if channels == len(GREY) else (1 / channels,) * channels


def turn_hue(images_NCHW: Tensor, turn_N11: Tensor) -> Tensor:
    """RGB with each image's hue turned by its share of the colour wheel (Smith, 1978: HSV)."""
    high_NHW, which_NHW = images_NCHW.max(1)
    low_NHW = images_NCHW.min(1).values
    span_NHW = high_NHW - low_NHW
    divisor_NHW = torch.where(span_NHW == 0, 1, span_NHW)
    red, green, blue = ((high_NHW - channel) / divisor_NHW for channel in images_NCHW.unbind(1))
    sector = torch.where(
        which_NHW == 0, blue - green, torch.where(which_NHW == 1, 2 + red - blue, 4 + green - red)
    )
    hue_NHW = (sector / 6 + turn_N11) % 1
    # each channel is highest about its own third of the wheel, and lowest opposite
    distance = torch.stack([(hue_NHW * 6 + offset) % 6 for offset in (5, 3, 1)], 1)
    fall = torch.minimum(distance, 4 - distance).clamp_(0, 1)
    return high_NHW.unsqueeze(1) - span_NHW.unsqueeze(1) * fall


class Normalise(Change):
    """Each channel less its mean, divided by its deviation."""

    draws = 0

    def __init__(self, _config: declared.Normalise, context: Context) -> None:
        self._mean_C11, self._std_C11 = map(context.tensor, context.statistics)

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """As Change has it, but what came in stays as it was."""
        del draws_ND
        # bytes are copied once, in place of once to be floats and once to be less their mean
        is_mine = images_NCHW.dtype == torch.uint8
        centred = images_NCHW.float().sub_(self._mean_C11) if is_mine else images_NCHW.sub(self._mean_C11)
        return centred.div_(self._std_C11)
