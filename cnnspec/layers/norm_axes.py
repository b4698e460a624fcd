"""Normalisations over chosen axes of each sample: layernorm and rmsnorm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from cnnspec.core.emit import Argument, Emit, Module
from cnnspec.core.shape import Shape
from cnnspec.layers.base import Layer, Reaches, resolve_axes
from cnnspec.layers.fields import (
    Flag,
    NonNegativeNumber,
    OptionalAxes,
    OptionalNonNegativeNumber,
    SizeAssertion,
)
from cnnspec.layers.norm import scale_and_shift


class AxesNorm(Layer):
    """What layernorm and rmsnorm share: the axes; torch knows the last ones only, a helper the others."""

    mixes_channels: ClassVar[bool] = True
    scales_values: ClassVar[bool] = True
    target: ClassVar[str]

    axis: OptionalAxes = Field(
        None,
        description="Axis or axes that are normalised together, the batch not counted; null: the channels'.",
    )
    elementwise_affine: Flag = Field(
        default=True, description="Whether each element along these axes has a learned scale."
    )
    normalized_shape: SizeAssertion = Field(
        None, description="Size along these axes; inferred, an assertion when written."
    )

    def _axes(self, x: Shape) -> tuple[int, ...]:
        written = x.channel_axis if self.axis is None else self.axis
        return resolve_axes(written if isinstance(written, tuple) else (written,), x, "axis", otherwise=x)

    def _sizes(self, x: Shape) -> tuple[int, ...]:
        return tuple(x.sizes[axis] or 0 for axis in self._axes(x))

    def infer(self, x: Shape) -> Shape:
        """Unchanged; the axes must be there."""
        self._axes(x)
        return x

    def reach(self, x: Shape) -> Reaches:
        """Along a normalised axis each output reads all of it."""
        spatial = set(range(len(x.sizes))) - {x.channel_axis}
        normalised = spatial & set(self._axes(x))
        if not normalised:
            return super().reach(x)
        return "whole" if normalised == spatial else None

    def inferred(self, x: Shape) -> Mapping[str, Argument]:
        """The size along the axis, or a list of them; unknown when one is."""
        found = tuple(x.sizes[axis] for axis in self._axes(x))
        return {"normalized_shape": None if None in found else found[0] if len(found) == 1 else found}

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight, with a number for each element along the axes."""
        return scale_and_shift(self._sizes(x), scale=self.elementwise_affine, shift=False)

    def _emit(self, x: Shape, *options: str) -> Emit:
        axes, found = self._axes(x), self._sizes(x)
        shape = found[0] if len(found) == 1 else found
        count = len(x.sizes)
        if axes == tuple(range(count - len(axes), count)):
            return Module(
                f"torch.nn.{self.target}", (shape,), *self.optional(*options), names=("normalized_shape",)
            )
        dims = tuple(axis + 1 for axis in axes)
        return Module(
            f"helper:{self.target}Over",
            (shape, dims[0] if len(dims) == 1 else dims),
            *self.optional(*options),
            names=("normalized_shape", "dim"),
        )


class LayerNorm(AxesNorm):
    """Brings each sample to mean 0 and variance 1 along the chosen axes, at every position of the others.

    Formula: y = (x − mean) / √(var + eps) · weight + bias, mean and var over `axis`; weight and bias have
    the sizes along these axes.

    When: Over the channels of tokens, and of images in ConvNeXt (Liu et al., 2022): no batch statistics,
    the same in training and eval.

    Against: Over the channels of an image, which are its first axis, the tensor is permuted twice, which
    costs time. Convolutional networks that are not built for it do better with bn.
    """

    target: ClassVar[str] = "LayerNorm"

    eps: NonNegativeNumber = Field(
        1e-05, description="Added to the variance, so that nothing is divided by 0."
    )
    bias: Flag = Field(
        default=True, description="Whether the shift is learned, where elementwise_affine is true."
    )

    def weights(self, x: Shape) -> Mapping[str, tuple[int, ...]]:
        """The weight and bias, with a number for each element along the axes."""
        return scale_and_shift(self._sizes(x), scale=self.elementwise_affine, shift=self.bias)

    def emit(self, x: Shape) -> Emit:
        """torch.nn.LayerNorm over the last axes, a helper over others."""
        return self._emit(x, "eps", "elementwise_affine", "bias")


class RMSNorm(AxesNorm):
    """Divides each sample by its root mean square along the chosen axes.

    Formula: y = x / √(mean(x²) + eps) · weight, the mean over `axis`.

    When: A cheaper layernorm (Zhang & Sennrich, 2019): no mean is taken away and no shift learned.

    Against: Rare in convolutional networks, so there is little to compare with; over the channels of an
    image it permutes twice, as layernorm does.
    """

    target: ClassVar[str] = "RMSNorm"

    eps: OptionalNonNegativeNumber = Field(
        None, description="Added to the mean of squares; null: the smallest step of the number type."
    )

    def emit(self, x: Shape) -> Emit:
        """torch.nn.RMSNorm over the last axes, a helper over others."""
        return self._emit(x, "eps", "elementwise_affine")
