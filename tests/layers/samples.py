"""Random arguments and inputs for every kind, good and bad. A new kind needs its line here."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from cnnspec.core.shape import Shape
from tests.layers.draws import Arguments, axis, chance, each, flag, maybe, number, real, shape

Sample = tuple[Arguments, tuple[Shape, ...]]


def conv(rng: Random, x: Shape) -> Arguments:
    """Filters, and how they step."""
    rank, groups = x.rank, rng.choice((1, 1, 1, 2, 3, 4))
    string = rng.choice(("same", "valid"))
    return {
        "out_channels": groups * number(rng, 1, 4) if rng.random() < 0.9 else number(rng, 1, 9),
        "kernel_size": each(rng, rank, 1, 4),
        **({"groups": groups} if groups != 1 else {}),
        **maybe(
            rng,
            stride=lambda: each(rng, rank, 1, 3),
            padding=lambda: string if rng.random() < 0.3 else each(rng, rank, 0, 5),
            dilation=lambda: each(rng, rank, 1, 3),
            bias=lambda: flag(rng),
            padding_mode=lambda: rng.choice(("zeros", "reflect", "replicate", "circular")),
        ),
    }


def depthwise(rng: Random, x: Shape) -> Arguments:
    """As conv, with a multiplier."""
    args = conv(rng, x)
    args.pop("groups", None)
    args.pop("out_channels")
    return args | maybe(rng, multiplier=lambda: number(rng, 1, 3))


def conv_transpose(rng: Random, x: Shape) -> Arguments:
    """Filters, and what is taken away and added."""
    rank, groups = x.rank, rng.choice((1, 1, 1, 2, 3))
    return {
        "out_channels": groups * number(rng, 1, 4) if rng.random() < 0.9 else number(rng, 1, 9),
        "kernel_size": each(rng, rank, 1, 4),
        **({"groups": groups} if groups != 1 else {}),
        **maybe(
            rng,
            stride=lambda: each(rng, rank, 1, 3),
            padding=lambda: each(rng, rank, 0, 3),
            output_padding=lambda: each(rng, rank, 0, 2),
            dilation=lambda: each(rng, rank, 1, 3),
            bias=lambda: flag(rng),
        ),
    }


def window(rng: Random, x: Shape) -> Arguments:
    """What every sliding pool has."""
    rank = x.rank
    args: Arguments = {"kernel_size": each(rng, rank, 1, 5)}
    return args | maybe(rng, stride=lambda: each(rng, rank, 1, 4), ceil_mode=lambda: flag(rng))


def maxpool(rng: Random, x: Shape) -> Arguments:
    """A window with holes."""
    more = maybe(rng, padding=lambda: each(rng, x.rank, 0, 2), dilation=lambda: each(rng, x.rank, 1, 3))
    return window(rng, x) | more


def avgpool(rng: Random, x: Shape) -> Arguments:
    """A window, and what it is divided by."""
    more = maybe(rng, padding=lambda: each(rng, x.rank, 0, 2), count_include_pad=lambda: flag(rng))
    if rng.random() < 0.2:
        more["divisor_override"] = rng.choice((None, 0, 1, 3))
    return window(rng, x) | more


def lppool(rng: Random, x: Shape) -> Arguments:
    """A window and an exponent."""
    return window(rng, x) | maybe(rng, norm_type=lambda: rng.choice((0, 1, 2.0, 3.5)))


def adaptive(rng: Random, x: Shape) -> Arguments:
    """Sizes, some of which are kept."""
    sizes = each(rng, x.rank, 1, 8)
    if isinstance(sizes, tuple):
        return {"output_size": tuple(None if rng.random() < 0.3 else size for size in sizes)}
    return {"output_size": sizes}


def statistics(rng: Random, _x: Shape) -> Arguments:
    """bn's and instancenorm's arguments."""
    return maybe(
        rng,
        eps=lambda: rng.choice((0, 1e-3, 1.0, -1.0)),
        momentum=lambda: rng.choice((0.0, 0.3, 1, 1.5, -0.1)),
        affine=lambda: flag(rng),
        track_running_stats=lambda: flag(rng),
        bias=lambda: flag(rng),
    )


def bn(rng: Random, x: Shape) -> Arguments:
    """A plain average now and then."""
    return statistics(rng, x) | ({"momentum": None} if rng.random() < 0.2 else {})


def groupnorm(rng: Random, _x: Shape) -> Arguments:
    """Groups that mostly divide."""
    more = maybe(
        rng, eps=lambda: rng.choice((0, 1e-3, -1.0)), affine=lambda: flag(rng), bias=lambda: flag(rng)
    )
    return {"num_groups": number(rng, 1, 4)} | more


def rmsnorm(rng: Random, x: Shape) -> Arguments:
    """One axis, or some, or the channels'."""
    several = tuple(axis(rng, x) for _ in range(rng.randint(1, 3)))
    return maybe(
        rng,
        axis=lambda: rng.choice((None, axis(rng, x), several)),
        eps=lambda: rng.choice((0, 1e-3, -1.0)),
        elementwise_affine=lambda: flag(rng),
    )


def layernorm(rng: Random, x: Shape) -> Arguments:
    """As rmsnorm, with a shift."""
    return rmsnorm(rng, x) | maybe(rng, bias=lambda: flag(rng))


def lrn(rng: Random, _x: Shape) -> Arguments:
    """Neighbours, and three constants."""
    more = maybe(rng, alpha=lambda: real(rng), beta=lambda: real(rng), k=lambda: real(rng))
    return {"size": number(rng, 1, 9)} | more


def prelu(rng: Random, x: Shape) -> Arguments:
    """A slope for all, or one a channel."""
    slopes = rng.choice((1, x.channels, x.sizes[0], rng.randint(0, 4)))
    return maybe(rng, num_parameters=lambda: slopes, init=lambda: real(rng))


def along(rng: Random, x: Shape) -> Arguments:
    """An axis, or the channels'."""
    return maybe(rng, axis=lambda: axis(rng, x))


def linear(rng: Random, _x: Shape) -> Arguments:
    """Outputs."""
    return {"out_features": number(rng, 1, 9)} | maybe(rng, bias=lambda: flag(rng))


def flatten(rng: Random, x: Shape) -> Arguments:
    """From an axis to another."""
    return maybe(rng, start_axis=lambda: axis(rng, x), end_axis=lambda: axis(rng, x))


def unflatten(rng: Random, x: Shape) -> Arguments:
    """Factors of an axis, mostly."""
    chosen = axis(rng, x)
    size = x.sizes[chosen] if -len(x.sizes) <= chosen < len(x.sizes) else 6
    divisors = [d for d in range(1, (size or 1) + 1) if (size or 1) % d == 0]
    first = rng.choice(divisors)
    new = [first, (size or 1) // first]
    if rng.random() < 0.5:
        new[rng.randint(0, 1)] = -1
    if rng.random() < 0.2:
        new.append(rng.choice((1, 1, 2, -1, 0, -2)))
    return {"axis": chosen, "unflattened_size": tuple(new) if rng.random() < 0.95 else ()}


def permute(rng: Random, x: Shape) -> Arguments:
    """An order of the axes, mostly complete."""
    count = len(x.sizes)
    order = rng.sample(range(count), count)
    order = [a - count if rng.random() < 0.2 else a for a in order]
    if rng.random() < 0.15:
        order[rng.randrange(count)] = rng.randint(-1, count)
    return {"axes": tuple(order if rng.random() < 0.95 else order[1:])}


def cut(rng: Random, x: Shape) -> Arguments:
    """A stretch, or a part."""
    some = maybe(rng, axis=lambda: axis(rng, x))
    if rng.random() < 0.4:
        of = number(rng, 1, 4)
        return some | {"part": rng.randint(0, max(of, 0)) - (rng.random() < 0.5), "of": of}
    return some | maybe(rng, start=lambda: rng.randint(-6, 6), stop=lambda: rng.randint(-6, 9))


def pad(rng: Random, x: Shape) -> Arguments:
    """Sides in torch's order; some crop."""
    low = rng.choice((0, 0, -3))
    padding: Any = number(rng, low, 5)
    if rng.random() < 0.6:
        padding = tuple(number(rng, low, 5) for _ in range(2 * x.rank or 2))
    if rng.random() < 0.04:
        padding = tuple(number(rng, low, 5) for _ in range(rng.randint(1, 7)))
    modes = ("constant", "reflect", "replicate", "circular")
    return {"padding": padding} | maybe(rng, mode=lambda: rng.choice(modes), value=lambda: real(rng))


MODES = {1: ("linear",), 2: ("bilinear", "bicubic"), 3: ("trilinear",)}
EVERY_MODE = ("nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact")


def interpolation(rng: Random, x: Shape) -> Arguments:
    """A mode that mostly suits."""
    fitting = MODES.get(x.rank, ()) if rng.random() < 0.8 else EVERY_MODE
    mode = rng.choice((*fitting, "nearest", "nearest-exact", "area"))
    args = maybe(rng, mode=lambda: mode)
    corners = mode in {"linear", "bilinear", "bicubic", "trilinear"} and "mode" in args
    if rng.random() < (0.5 if corners else 0.04):
        args["align_corners"] = rng.choice((None, True, False))
    return args


def upsample(rng: Random, x: Shape) -> Arguments:
    """A factor or a size."""
    factors: tuple[float, ...] = (1, 2, 3, 0.5, 1.5, 0.7, 0.3, 2.3)
    args = interpolation(rng, x)
    if rng.random() < 0.75:
        one = rng.random() < 0.6
        count = x.rank if rng.random() < 0.9 else 2
        args["scale_factor"] = rng.choice(factors) if one else tuple(rng.choices(factors, k=max(count, 1)))
    if rng.random() < (0.04 if "scale_factor" in args else 0.9):
        args["size"] = each(rng, x.rank, 1, 9)
    return args


def resize(rng: Random, x: Shape) -> Sample:
    """A size, or another value to be like."""
    args = interpolation(rng, x)
    aliased = args.get("mode") not in {"bilinear", "bicubic"}
    if rng.random() < (0.03 if aliased else 0.5):
        args["antialias"] = flag(rng)
    if rng.random() < 0.6:
        return args | {"size": each(rng, x.rank, 1, 9)}, (x,)
    other = shape(rng, least=x.rank, most=x.rank)
    return args | {"like": "other"}, (x, other)


def branches(rng: Random, joined: int | None = None) -> tuple[Shape, ...]:
    """Shapes that mostly agree, but along the joined axis."""
    first = shape(rng)
    found = [first]
    for _ in range(rng.randint(1, 3)):
        sizes = list(first.sizes)
        for index in range(len(sizes)):
            if index == joined or rng.random() < 0.05:
                sizes[index] = rng.randint(1, 9)
            elif joined is None and rng.random() < 0.15:
                sizes[index] = 1
        if rng.random() < 0.04:
            sizes.append(3)
        found.append(Shape(tuple(sizes), first.channel_axis))
    rng.shuffle(found)
    return tuple(found)


def concat(rng: Random) -> Sample:
    """Branches along an axis."""
    if rng.random() < 0.5:
        return {}, branches(rng, joined=0)
    chosen = rng.randint(-4, 4) if rng.random() < 0.1 else rng.choice((0, 1, -1))
    return {"axis": chosen}, branches(rng, joined=chosen)


def square(name: str) -> Callable[[Random], Sample]:
    """A factor, and an image that mostly suits it."""

    def draw(rng: Random) -> Sample:
        factor = number(rng, 1, 3)
        x = shape(rng, least=2, most=2)
        if rng.random() < 0.7 and factor > 0:
            x = Shape(
                tuple(
                    (size or 0) * factor ** (2 if i == x.channel_axis else 1)
                    for i, size in enumerate(x.sizes)
                ),
                x.channel_axis,
            )
        return {name: factor}, (x,)

    return draw


def on(
    draw: Callable[[Random, Shape], Arguments], least: int = 0, most: int = 3
) -> Callable[[Random], Sample]:
    """Arguments for a shape."""

    def sample(rng: Random) -> Sample:
        x = shape(rng, least=least, most=most)
        return draw(rng, x), (x,)

    return sample


def some(**draws: Callable[[Random], Any]) -> Callable[[Random], Sample]:
    """Some of these arguments, for any shape."""

    def sample(rng: Random) -> Sample:
        args = {name: draw(rng) for name, draw in draws.items() if rng.random() < 0.6}
        return args, (shape(rng, moved=0.2),)

    return sample


def tokens(rng: Random) -> Sample:
    """linear's input: features, tokens with channels last, and what needs flatten."""
    x = shape(rng, moved=0.0)
    if x.rank and rng.random() < 0.7:
        x = Shape(x.sizes, x.rank)
    return linear(rng, x), (x,)


SAMPLES: dict[str, Callable[[Random], Sample]] = {
    "conv": on(conv, 1),
    "conv_transpose": on(conv_transpose, 1),
    "depthwise": on(depthwise, 1),
    "linear": tokens,
    "bn": on(bn),
    "instancenorm": on(statistics, 1),
    "groupnorm": on(groupnorm),
    "layernorm": on(layernorm),
    "rmsnorm": on(rmsnorm),
    "lrn": on(lrn, 1),
    "relu": some(),
    "relu6": some(),
    "leaky_relu": some(negative_slope=real),
    "prelu": on(prelu),
    "rrelu": some(lower=real, upper=real),
    "elu": some(alpha=real),
    "selu": some(),
    "celu": some(alpha=real),
    "threshold": lambda rng: ({"threshold": real(rng), "value": real(rng)}, (shape(rng, moved=0.2),)),
    "sigmoid": some(),
    "tanh": some(),
    "gelu": some(approximate=lambda rng: rng.choice(("none", "tanh", "sigmoid"))),
    "silu": some(),
    "mish": some(),
    "softplus": some(beta=real, threshold=real),
    "softsign": some(),
    "log_sigmoid": some(),
    "tanhshrink": some(),
    "hardswish": some(),
    "hardsigmoid": some(),
    "hardtanh": some(min_val=real, max_val=real),
    "hardshrink": some(lambd=real),
    "softshrink": some(lambd=real),
    "softmax": on(along),
    "softmin": on(along),
    "log_softmax": on(along),
    "glu": on(along),
    "maxpool": on(maxpool, 1),
    "avgpool": on(avgpool, 1),
    "lppool": on(lppool, 1),
    "adaptive_avgpool": on(adaptive, 1),
    "adaptive_maxpool": on(adaptive, 1),
    "global_avgpool": on(lambda _rng, _x: {}, 1),
    "global_maxpool": on(lambda _rng, _x: {}, 1),
    "flatten": on(flatten),
    "unflatten": on(unflatten),
    "permute": on(permute),
    "slice": on(cut),
    "pad": on(pad, 1),
    "dropout": some(p=chance),
    "dropout_channels": on(lambda rng, _x: {"p": chance(rng)}, 1),
    "alpha_dropout": some(p=chance),
    "feature_alpha_dropout": some(p=chance),
    "stochastic_depth": lambda rng: ({"p": chance(rng), "mode": rng.choice(("row", "batch"))}, (shape(rng),)),
    "upsample": on(upsample, 1),
    "resize": lambda rng: resize(rng, shape(rng, least=1)),
    "pixel_shuffle": square("upscale_factor"),
    "pixel_unshuffle": square("downscale_factor"),
    "channel_shuffle": on(lambda rng, _x: {"groups": number(rng, 1, 4)}, 1),
    "scale": some(init=real),
    "identity": some(),
    "add": lambda rng: ({}, branches(rng)),
    "multiply": lambda rng: ({}, branches(rng)),
    "concat": concat,
}


def samples(kind: str, count: int) -> list[Sample]:
    """The same arguments and inputs each time."""
    rng = Random(kind)
    return [SAMPLES[kind](rng) for _ in range(count)]
