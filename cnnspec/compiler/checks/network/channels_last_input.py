"""Inputs written in another order than channels, height, width; or with the batch.

## channels-last-input

The channels stand last (warning)

It looks like height, width, channels, as NumPy, Pillow and TensorFlow have it. Here channels come first, as in torch:
the layers take the height for channels and mix its rows. Beside a data set of images of another shape it is the error
`input-mismatch`.

```yaml
cnnspec: 1
input: [32, 32, 3]
layers: [flatten, linear: 10]
```

Write the channels first.

```yaml
cnnspec: 1
input: [3, 32, 32]
layers: [flatten, linear: 10]
```

## batch-in-input

The batch stands in the input (warning)

It looks like images in a batch, but the batch is never written: four numbers are channels and the three sizes of
a volume.

```yaml
cnnspec: 1
input: [64, 3, 32, 32]
layers: [flatten, linear: 10]
```

Leave the batch out.

```yaml
cnnspec: 1
input: [3, 32, 32]
layers: [flatten, linear: 10]
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnspec.compiler.checks.context import Context, DataContext
from cnnspec.compiler.checks.dataflow import numbers
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.core.plural import times
from cnnspec.core.shape import is_image

_CHANNELS = (1, 3, 4)
"""Grey, colours, colours with transparency."""
_SMALLEST = 8
"""From which height and width on sizes are taken for an image's."""
_LONGEST = 4
"""How many times as long as the other the longer side may be: [9, 128, 1] are nine sensors."""


@check()
def channels_last_input(context: Context) -> Iterator[Finding]:
    """Look at the sizes of each input."""
    for name, value in context.plan.inputs.items():
        sizes = numbers(value.shape)
        if sizes is None or _told_by_the_data(context, sizes):
            continue
        field = "input" if context.spec.single_input else f"input.{name}"
        image = channels_first(sizes)
        if image is not None:
            message = f"{name} {times(sizes)} looks like height, width, channels; the channels come first"
            yield warning("channels-last-input", message, field, f"Write `{name}: {list(image)}`.")
        image = without_batch(sizes)
        if image is not None:
            message = f"{name} {times(sizes)} looks like a batch of images; the batch is never written"
            yield warning("batch-in-input", message, field, f"Write `{name}: {list(image)}`.")


def _told_by_the_data(context: Context, sizes: tuple[int, ...]) -> bool:
    """Whether it is an error beside the data set, which gives images of another shape."""
    if not isinstance(context, DataContext):
        return False
    return context.facts.shape not in {None, sizes} or not is_image(sizes)


def channels_first(sizes: Sequence[int]) -> tuple[int, ...] | None:
    """Channels, height and width where the sizes look like height, width and channels."""
    if not is_image(sizes):
        return None
    height, width, channels = sizes
    sides = sorted((height, width))
    plane = sides[0] >= _SMALLEST and sides[1] <= _LONGEST * sides[0]
    return (channels, height, width) if channels in _CHANNELS and plane else None


def without_batch(sizes: Sequence[int]) -> tuple[int, ...] | None:
    """Channels, height and width where the sizes look like those of images with the batch before them."""
    if not is_image(sizes[1:]):
        return None
    _, *image = sizes
    first = image[0] in _CHANNELS and min(image[1:]) >= _SMALLEST
    return tuple(image) if first else channels_first(image)
