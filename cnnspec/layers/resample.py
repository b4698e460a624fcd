"""Interpolation to other sizes: upsample and resize."""

from fractions import Fraction
from math import floor
from typing import Literal

from pydantic import Field

from cnnspec.core import size as sizes
from cnnspec.core.emit import Emit, Function, Module
from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape, Size
from cnnspec.core.size import SizeLaw
from cnnspec.core.sliding_window import Reach, Taps, stretch
from cnnspec.declare.arguments import Factors, Flag, OptionalFlag, OptionalName, OptionalSizes
from cnnspec.layers.base import Kept, Layer, Reaches
from cnnspec.layers.shape_rules import per_axis, spatial_rank

_MOST_TAPS = 64
_HALF = Fraction(1, 2)


def _interpolated(factor: float | Fraction, mode: str) -> Reach | None:
    """The reach of an interpolation by a factor a/b: output j + a reads b inputs further on than output j.

    None for a above 64: too many taps to be of use. The border, where positions are cut off, is not
    considered. Source: ATen/native/UpSample.h, area_pixel_compute_source_index.
    """
    ratio = Fraction(factor)
    if ratio.numerator > _MOST_TAPS:
        return None
    taps = tuple(_taps(Fraction(j), ratio, mode) for j in range(ratio.numerator))
    return Reach(ratio.denominator, taps, "replicate")


def _taps(output: Fraction, ratio: Fraction, mode: str) -> Taps:
    """The inputs that one output reads."""
    if mode == "nearest":
        position = floor(output / ratio)
        return Taps(position, 1)
    centre = (output + _HALF) / ratio
    if mode == "nearest-exact":
        return Taps(floor(centre), 1)
    low = floor(centre - _HALF)
    if low == centre - _HALF:
        return Taps(low, 1)
    return stretch(low - 1, low + 2) if mode == "bicubic" else stretch(low, low + 1)


Mode = Literal["nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"]
_RANK_OF = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
_BY_RANK = {1: "linear", 2: "bilinear", 3: "trilinear"}


class Interpolation(Layer):
    """upsample and resize: how the values between those of the input are found."""

    size: OptionalSizes = Field(None, description="Size of the output along each spatial axis.")
    mode: Mode = Field(
        "nearest",
        description="How values between the input's are found; linear, bilinear, trilinear by the rank.",
    )
    align_corners: OptionalFlag = Field(
        None,
        description="Whether the outermost values stay outermost (null: false); not for nearest and area.",
    )

    def consistent(self) -> None:
        """Raise Reject for align_corners in a mode that has no corners to align."""
        if self.align_corners is not None and self.mode not in _RANK_OF:
            message = f"align_corners is written, but mode {self.mode} has none to align"
            raise Reject(
                "align-corners-unused", message, field="align_corners", hint="Leave align_corners out."
            )

    def _rank(self, x: Shape) -> int:
        """The rank of the input. Raises Reject where the mode is for another one."""
        rank = spatial_rank(x)
        if _RANK_OF.get(self.mode, rank) != rank:
            message = f"mode {self.mode} is for {_RANK_OF[self.mode]} spatial axes, the input {x} has {rank}"
            raise Reject("wrong-mode", message, field="mode", hint=f"Write mode: {_BY_RANK[rank]}.")
        return rank

    def infer(self, x: Shape) -> Shape:
        """The same channels, with the output's sizes."""
        return Shape((x.channels, *self._output_sizes(x, self._rank(x))))

    def _output_sizes(self, x: Shape, rank: int) -> tuple[Size, ...]:
        """The argument `size` for each axis; upsample and resize have other ways to say it."""
        return per_axis(self.size or 1, rank, "size")

    def _reach(self, x: Shape, factors: tuple[float | Fraction | None, ...]) -> Reaches:
        if self.align_corners or self.mode == "area":
            return None
        found = [None if factor is None else _interpolated(factor, self.mode) for factor in factors]
        known = [reach for reach in found if reach is not None]
        return tuple(known) if len(known) == x.rank else None

    def _ratios(self, x: Shape) -> tuple[Fraction | None, ...]:
        pairs = zip(x.spatial, self._output_sizes(x, x.rank), strict=True)
        return tuple(Fraction(out, n) if n and out else None for n, out in pairs)

    def keeps(self, inputs: tuple[Shape, ...], y: Shape) -> Kept:
        """The input in area mode, which is an adaptive_avgpool; else nothing."""
        return Kept(inputs=self.mode == "area" and any(size != 1 for size in y.spatial))


class Upsample(Interpolation):
    """Makes the image larger by a factor, or brings it to a size.

    Formula: ⌊n · scale_factor⌋ along each spatial axis, in double arithmetic; or size.

    When: In decoders, followed by a conv: no checkerboard, unlike conv_transpose. nearest is fastest,
    bilinear smooth.

    Against: It adds no detail by itself, and the conv after it works at the larger size. With
    align_corners true, what an output sees depends on the input's size.

    ```yaml
    # input: [16, 7, 7]
    - upsample: 2
    - conv: {out_channels: 8, kernel_size: 3, padding: 1}  # learns what the copies should become
    ```

    ```yaml
    # input: [1, 3]
    - {upsample: 2, from: input}  # nearest: each input twice
    - {upsample: {scale_factor: 2, mode: linear}, from: input}  # between two neighbours
    ```
    """

    main = "scale_factor"

    scale_factor: Factors = Field(None, description="Factor by which each spatial axis grows.")

    def consistent(self) -> None:
        """Raise Reject unless it has exactly one of scale_factor and size."""
        super().consistent()
        if self.scale_factor is None and self.size is None:
            message = "it has neither scale_factor nor size"
            raise Reject("either-or", message, hint="Write upsample: 2, for twice the size.")
        if self.scale_factor is not None and self.size is not None:
            message = "it has both scale_factor and size"
            raise Reject("either-or", message, field="size", hint="Leave one of the two out.")

    def infer(self, x: Shape) -> Shape:
        """⌊n · scale_factor⌋, or size. Raises Reject where nothing is left."""
        y = super().infer(x)
        if not all(sizes.at_least(size, 1) for size in y.spatial):
            known = tuple(size if sizes.at_least(size, 1) else None for size in y.spatial)
            message = f"scale_factor {self.scale_factor} leaves nothing of the input {x}: {y}"
            hint = "Write a larger scale_factor."
            raise Reject(
                "empty-output",
                message,
                field="scale_factor",
                hint=hint,
                otherwise=Shape((x.channels, *known)),
            )
        return y

    def size_law(self, x: Shape, axis: int) -> SizeLaw | None:
        """That of the factor; a size that is written stays the same."""
        factors = self._factors(x.rank)
        return SizeLaw() if factors is None or axis == x.channel_axis else sizes.scale_law(factors[axis - 1])

    def _factors(self, rank: int) -> tuple[float, ...] | None:
        return None if self.scale_factor is None else per_axis(self.scale_factor, rank, "scale_factor")

    def _output_sizes(self, x: Shape, rank: int) -> tuple[Size, ...]:
        factors = self._factors(rank)
        if factors is None:
            return super()._output_sizes(x, rank)
        return tuple(sizes.scale(n, factor) for n, factor in zip(x.spatial, factors, strict=True))

    def reach(self, x: Shape) -> Reaches:
        """The inputs that the mode interpolates between."""
        return self._reach(x, self._factors(x.rank) or self._ratios(x))

    def formula(self, x: Shape, y: Shape) -> tuple[str, ...]:
        """The computation of each output size with its numbers; equal lines once."""
        rows = zip(x.spatial, self._factors(x.rank) or (), y.spatial, strict=False)
        return tuple(dict.fromkeys(f"⌊{n}·{factor:g}⌋ = {m}" for n, factor, m in rows))

    def emit(self, x: Shape) -> Emit:
        """torch.nn.Upsample."""
        optional = self.optional("size", "scale_factor", "mode", "align_corners")
        return Module("torch.nn.Upsample", (), *optional)


class Resize(Interpolation):
    """Brings the image to a size, or to the size of another value.

    Formula: size along each spatial axis, or that of the value named by `like`.

    When: Segmentation: the scores back to the input's size (like: input). A decoder's value beside a
    skip whose size was rounded down on the way.

    Against: A fixed size ties the network to one input size; `like` does not. Shrinking without
    antialias skips pixels.

    ```yaml
    # input: [16, 14, 14]
    - {maxpool: 2, name: small}
    - resize: {size: 14, mode: bilinear}
    - {resize: {like: small}}  # the size of another value
    ```
    """

    main = "size"
    references = ("like",)

    like: OptionalName = Field(None, description="Name of the value whose spatial size is taken.")
    antialias: Flag = Field(
        default=False, description="Whether shrinking averages instead of skipping; bilinear and bicubic."
    )

    def consistent(self) -> None:
        """Raise Reject unless it has exactly one of size and like, and a mode that can antialias."""
        super().consistent()
        if (self.size is None) == (self.like is None):
            message = "it has neither size nor like" if self.size is None else "it has both size and like"
            raise Reject("either-or", message, hint="Write resize: [32, 32], or resize: {like: input}.")
        if self.antialias and self.mode not in ("bilinear", "bicubic"):
            message = f"antialias is for the modes bilinear and bicubic, mode is {self.mode}"
            raise Reject("wrong-mode", message, field="antialias", hint="Write mode: bilinear.")

    def infer(self, x: Shape, like: Shape | None = None) -> Shape:
        """The size that is written, or the spatial sizes of the value that `like` names."""
        if like is None:
            return super().infer(x)
        if like.rank != self._rank(x) or like.channel_axis != 0:
            message = f"the input is {x}, {self.like} is {like}: their spatial axes don't correspond"
            hint = f"Name a value with {x.rank} spatial axes after its channels."
            raise Reject("wrong-rank", message, field="like", hint=hint)
        return Shape((x.channels, *like.spatial))

    def _output_sizes(self, x: Shape, rank: int) -> tuple[Size, ...]:
        return (None,) * rank if self.size is None else super()._output_sizes(x, rank)

    def reach(self, x: Shape) -> Reaches:
        """The inputs that the mode interpolates between; unknown with antialias."""
        return None if self.antialias else self._reach(x, self._ratios(x))

    def emit(self, x: Shape) -> Emit:
        """torch.nn.functional.interpolate; with `like` a helper that takes two inputs."""
        rest, defaults = self.optional("mode", "align_corners", "antialias")
        if self.like is not None:
            return Module("helper:ResizeLike", (), rest, defaults)
        return Function("torch.nn.functional.interpolate", (), {"size": self.size, **rest}, defaults=defaults)
