"""The number of the network's scores beside that of the data's classes.

## too-few-outputs

Fewer outputs than classes

A class without an output can't be learned, and its labels would be out of range.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 9]
data: mnist
```

Let the last layer give as many numbers as there are classes.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 10]
data: mnist
```

## too-many-outputs

More outputs than classes (warning)

Outputs without a class are learned to be small, and cost weights.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 11]
data: mnist
```

Let the last layer give as many numbers as there are classes.

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
from cnnspec.compiler.checks.interface import Finding, check, error, warning
from cnnspec.core.plural import plural
from cnnspec.settings.datasets import name_of
from cnnspec.settings.datasets.base import Data


@check()
def class_count(context: DataContext) -> Iterator[Finding]:
    """Compare the two; some losses tell two classes apart by one score."""
    scores, classes = context.scores, context.facts.classes
    if scores is None or classes is None or scores == classes:
        return
    if context.train.loss.one_for_two and scores == 1 and classes == 2:  # noqa: PLR2004 -- one and the other
        return
    message, hint = differing_outputs(scores, classes, context.data)
    if scores < classes:
        yield error("too-few-outputs", message, context.output_written, hint)
    else:
        yield warning("too-many-outputs", message, context.output_written, hint)


def differing_outputs(outputs: int, classes: int, data: Data) -> tuple[str, str]:
    """What is said of another number of outputs than there are classes, and what to do about it."""
    message = f"the output has {plural(outputs, 'number')}, {name_of(data)} has {plural(classes, 'class')}"
    return message, f"Let the last layer give {classes}."
