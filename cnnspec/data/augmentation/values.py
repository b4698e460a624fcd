"""Augmentations of float images, each with its own draws for each image: turned, coloured, with a hole, normalised."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from cnnspec.settings.augmentations.base import pair
from cnnspec.settings.augmentations.geometry import Rotate
from cnnspec.settings.augmentations.values import Colour, Cutout, Normalise
from cnnspec.train.data.augmentation.base import Setting
from cnnspec.train.data.raw import WHITE

GREY = (0.2989, 0.587, 0.114)
"""What red, green and blue add to grey (ITU-R BT.601, as torchvision rounds it)."""


class Rotated:
    """Each image turned by an angle of its own."""

    draws = 2

    def __init__(self, config: Rotate, _setting: Setting) -> None:
        self._config = config

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """As Change has it."""
        turned_N = draws_ND[:, 1] < self._config.p
        degrees_N = (2 * draws_ND[:, 0] - 1) * self._config.degrees * turned_N
        # bilinear weights of a turn by 0 are not quite 0 and 1
        return torch.where(turned_N.view(-1, 1, 1, 1), rotated(images_NCHW, degrees_N), images_NCHW)


def rotated(images_NCHW: Tensor, degrees_N: Tensor) -> Tensor:
    """Each image turned counterclockwise; pixels that come from outside are 0."""
    height, width = images_NCHW.shape[2:]
    angle_N = degrees_N * (math.pi / 180)
    cos, sin, zero = angle_N.cos(), angle_N.sin(), torch.zeros_like(angle_N)
    # the grid runs from -1 to 1 along either side, however long they are
    top = torch.stack([cos, -sin * (height / width), zero], 1)
    bottom = torch.stack([sin * (width / height), cos, zero], 1)
    grid = affine_grid(torch.stack([top, bottom], 1), list(images_NCHW.shape), align_corners=False)
    return grid_sample(images_NCHW, grid, "bilinear", "zeros", align_corners=False)


class Holed:
    """A rectangle of each image filled with the mean."""

    draws = 3

    def __init__(self, config: Cutout, setting: Setting) -> None:
        mean = setting.scale.mean
        self._sides, self._share = pair(config.size), config.p
        self._fill_C11 = setting.tensor((0.0,) * len(mean) if setting.normalised else mean)

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


class Coloured:
    """Brightness, contrast, saturation and hue, each by a factor of the image's own."""

    draws = 4

    def __init__(self, config: Colour, setting: Setting) -> None:
        self._config = config
        self._grey_C11 = setting.tensor(grey_shares(len(setting.scale.mean)))

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """As Change has it."""
        config, draws = self._config, draws_ND.view(*draws_ND.shape, 1, 1, 1)
        if config.brightness:
            images_NCHW = (images_NCHW * _factor(draws[:, 0], config.brightness)).clamp_(0, WHITE)
        if config.contrast:
            mean_N111 = self._grey(images_NCHW).mean((1, 2, 3), keepdim=True)
            images_NCHW = _blended(images_NCHW, mean_N111, _factor(draws[:, 1], config.contrast))
        if config.saturation:
            grey_N1HW = self._grey(images_NCHW)
            images_NCHW = _blended(images_NCHW, grey_N1HW, _factor(draws[:, 2], config.saturation))
        if config.hue:
            images_NCHW = turned(images_NCHW, (2 * draws[:, 3] - 1).squeeze(1) * config.hue)
        return images_NCHW

    def _grey(self, images_NCHW: Tensor) -> Tensor:
        return (images_NCHW * self._grey_C11).sum(1, keepdim=True)


def _factor(draw: Tensor, most: float) -> Tensor:
    low = max(0.0, 1 - most)
    return low + draw * (1 + most - low)


def _blended(images_NCHW: Tensor, other: Tensor, share: Tensor) -> Tensor:
    return torch.lerp(other.expand_as(images_NCHW), images_NCHW, share).clamp_(0, WHITE)


def grey_shares(channels: int) -> tuple[float, ...]:
    """What each channel adds to how bright a pixel is; of images that are not RGB, all the same."""
    return GREY if channels == len(GREY) else (1 / channels,) * channels


def turned(images_NCHW: Tensor, turn_N11: Tensor) -> Tensor:
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


class Normalised:
    """Each channel less its mean, divided by its deviation."""

    draws = 0

    def __init__(self, _config: Normalise, setting: Setting) -> None:
        self._mean_C11, self._std_C11 = setting.tensor(setting.scale.mean), setting.tensor(setting.scale.std)

    def __call__(self, images_NCHW: Tensor, draws_ND: Tensor) -> Tensor:
        """As Change has it, but what came in stays as it was."""
        del draws_ND
        # bytes are copied once, in place of once to be floats and once to be less their mean
        is_mine = images_NCHW.dtype == torch.uint8
        centred = images_NCHW.float().sub_(self._mean_C11) if is_mine else images_NCHW.sub(self._mean_C11)
        return centred.div_(self._std_C11)
