"""The shape of what enters the network beside that of the data's images.

## input-mismatch

The images have another shape

What enters the network must be what the data set gives.

```yaml
cnnspec: 1
input: [3, 32, 32]
layers: [flatten, linear: 10]
data: mnist
```

Write the data set's shape as input.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 10]
data: mnist
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, error
from cnnspec.compiler.checks.network.channels_last_input import channels_first, without_batch
from cnnspec.core.plural import times
from cnnspec.core.shape import is_image
from cnnspec.settings.datasets import name_of
from cnnspec.settings.datasets.base import Data


@check()
def input_shape(context: DataContext) -> Iterator[Finding]:
    """Compare the two; a data set whose images can be of any shape wants channels, height and width."""
    inputs, data = len(context.plan.inputs), context.data
    if inputs > 1:
        message = f"{name_of(data)} gives one image, the network has {inputs} inputs"
        yield error("input-mismatch", message, "data", "Train a network with one input.")
        return
    sizes, given = context.input_shape, context.facts.shape
    if sizes is None:
        yield from _open_sizes(context, given)
        return
    if given not in {None, sizes}:
        message, hint = _differing(data, given, sizes)
        yield error("input-mismatch", message, context.first_input, hint)
    elif not is_image(sizes):
        message = (
            f"the input is {times(sizes)}, but an image of {name_of(data)} has channels, height and width"
        )
        image = without_batch(sizes)
        hint = (
            f"Write `input: {list(image)}`, without the batch."
            if image
            else "Write `input: [3, 32, 32]`, say."
        )
        yield error("input-mismatch", message, context.first_input, hint)


def _open_sizes(context: DataContext, given: tuple[int, ...] | None) -> Iterator[Finding]:
    """Compare what is not left open of the input."""
    written = next(iter(context.plan.open_inputs.values()), ())
    if not written or given is None:
        return
    pairs = zip(written, given, strict=False)
    if len(written) != len(given) or any(isinstance(own, int) and own != size for own, size in pairs):
        message = (
            f"the input is {times(written)}, but the images of {name_of(context.data)} are {times(given)}"
        )
        yield error("input-mismatch", message, context.first_input, f"Write `input: {list(given)}`.")


def _differing(data: Data, given: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[str, str]:
    message = f"the input is {times(wanted)}, but the images of {name_of(data)} are {times(given)}"
    if data.channels and wanted[0] not in data.channels and len(wanted) == len(given):
        given = channels_first(wanted) or given
        listed = ", ".join(f"{channels} ({meaning})" for channels, meaning in data.channels.items())
        message = (
            f"the input has {wanted[0]} channels, an image of {name_of(data)} is read with one of {listed}"
        )
    return message, f"Write `input: {list(given)}`."
