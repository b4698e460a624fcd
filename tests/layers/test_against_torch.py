"""The real operator is the judge: for every kind, sampled arguments and inputs, good and bad.

Each sample's operator is made from `emit` and run with a batch of 2 on the CPU in eval mode (the meta
device skips checks). The inferred shape must be torch's, and cnnspec must say no exactly where torch
does. Where cnnspec says no and torch doesn't, STRICTER has to hold the reason; the other way round
there is no excuse.
"""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers import KINDS
from cnnspec.layers.base import Layer
from tests.layers.samples import samples
from tests.layers.torch_interpreter import BATCH, made, run, state, tensors
from tests.layers.verdict import Verdict, judged

torch.set_num_threads(1)
SAMPLES = 400

CHANNELS = "torch takes another axis for the channels, and computes nonsense"
BATCH_AXIS = "a negative dim may reach the batch in torch"
NEGATIVE_EPS = "torch divides by the root of a negative number, or nearly"
WHOLE = "torch's module does not look at values that it uses in training only"
REPEATED = "torch repeats a list of one number, or looks at the first ones only"
STRICTER = {
    ("*", "wrong-rank", "kernel_size"): REPEATED,
    ("*", "wrong-rank", "stride"): REPEATED,
    ("*", "wrong-rank", "padding"): REPEATED,
    ("*", "wrong-rank", "output_padding"): REPEATED,
    ("*", "wrong-rank", "dilation"): REPEATED,
    ("*", "wrong-rank", "output_size"): REPEATED,
    ("*", "channel-axis", None): CHANNELS,
    ("*", "channels-not-last", None): CHANNELS,
    ("*", "axis-out-of-range", "axis"): BATCH_AXIS,
    ("instancenorm", "eps", "pydantic"): NEGATIVE_EPS,
    ("groupnorm", "eps", "pydantic"): NEGATIVE_EPS,
    ("layernorm", "eps", "pydantic"): NEGATIVE_EPS,
    ("rmsnorm", "eps", "pydantic"): NEGATIVE_EPS,
    ("conv", "padding", "pydantic"): "with a padding_mode, torch crops where the padding is negative",
    ("depthwise", "padding", "pydantic"): "with a padding_mode, torch crops where the padding is negative",
    ("conv_transpose", "dilation", "pydantic"): "torch takes a dilation of 0 for a kernel of 1",
    ("bn", "eps", "pydantic"): "torch takes 0 in eval mode, but refuses in training",
    ("bn", "momentum", "pydantic"): WHOLE,
    ("instancenorm", "momentum", "pydantic"): WHOLE,
    ("stochastic_depth", "p", "pydantic"): WHOLE,
    ("instancenorm", "nothing-to-normalise", None): "torch refuses in training, whatever it tracks",
    ("softplus", "beta", "pydantic"): "at 0 it is infinite, below 0 upside down",
    ("pad", "negative-padding", "padding"): "mirroring and cropping in one is nowhere documented",
    ("pad", "wrong-rank", "padding"): "torch pads fewer axes, or the channels and the batch too",
    ("pad", "value-unused", "value"): "emit leaves it out: torch has no such argument",
    ("avgpool", "not-for-this-rank", "divisor_override"): "emit leaves it out",
    ("slice", "indivisible", "of"): "torch.chunk makes the last part smaller, or leaves parts out",
    ("slice", "slice-out-of-range", "start"): "Python clips a slice silently",
    ("slice", "slice-out-of-range", "stop"): "Python clips a slice silently",
    ("slice", "slice-out-of-range", "part"): "emit takes it, and narrow counts from the end",
    ("slice", "part", "pydantic"): "emit takes it, and narrow counts from the end",
    ("slice", "either-or", "part"): "emit takes the part",
    ("add", "shape-mismatch", None): "torch broadcasts over missing axes",
    ("multiply", "shape-mismatch", None): "torch broadcasts over missing axes",
    ("pixel_shuffle", "wrong-rank", None): CHANNELS,
    ("pixel_unshuffle", "wrong-rank", None): CHANNELS,
    ("resize", "wrong-rank", "like"): "torch takes the last axes of the other",
}
"""(kind, code, field), or (kind, field, "pydantic") -> why we say no where torch doesn't."""


def torch_says(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[int, ...] | Exception:
    """The output's shape, or why there is none; what can't even be written down, torch has no name for."""
    try:
        emit = layer.emit(inputs[0])
    except (Reject, TypeError, ZeroDivisionError) as error:
        return error
    return run(emit, inputs)


def excused(verdict: Verdict) -> bool:
    """Whether there is a stated reason to be stricter than torch."""
    kind, *rest = verdict.args
    return (kind, *rest) in STRICTER or ("*", *rest) in STRICTER


@pytest.mark.parametrize("kind", KINDS)
def test_shape_and_verdict_are_torchs(kind: str) -> None:
    """The inferred shape is torch's; cnnspec says no exactly where torch does."""
    accepted = 0
    for sample in samples(kind, SAMPLES):
        layer, ours = judged(kind, sample)
        theirs = torch_says(layer, sample[1])
        if isinstance(ours, Verdict):
            empty = isinstance(theirs, tuple) and 0 in theirs  # zero-sized outputs: we call them invalid
            assert isinstance(theirs, Exception) or empty or excused(ours), (sample, ours, theirs)
        else:
            assert ours.sizes == theirs, (sample, theirs)
            accepted += 1
    assert accepted >= SAMPLES / 5


@pytest.mark.parametrize("kind", KINDS)
def test_weights_and_buffers_are_the_state_dicts(kind: str) -> None:
    """Names and shapes, in order."""
    for sample in samples(kind, 60):
        layer, ours = judged(kind, sample)
        if isinstance(ours, Shape):
            x = sample[1][0]
            expected = state(made(layer.emit(x)))
            assert list({**layer.weights(x), **layer.buffers(x)}.items()) == expected, sample


@pytest.mark.parametrize("kind", KINDS)
def test_two_macs_are_torchs_flops(kind: str) -> None:
    """FlopCounterMode counts two for a multiply-accumulate, and the batch."""
    for sample in samples(kind, 40):
        layer, ours = judged(kind, sample)
        if isinstance(ours, Shape):
            module, inputs = made(layer.emit(sample[1][0])), tensors(sample[1])
            with FlopCounterMode(display=False) as counter, torch.no_grad():
                module(*inputs)
            assert 2 * layer.products(sample[1][0], ours).total * BATCH == counter.get_total_flops(), sample
