"""The form of the first output: a classifier gives a list of scores.

## output-not-classes

The output is no list of scores

A classifier gives one number a class; here an image or a signal comes out.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [relu]
data: mnist
```

End with global_avgpool, flatten and linear.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [relu, global_avgpool, flatten, linear: 10]
data: mnist
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, error
from cnnspec.core.plural import plural


@check()
def output_form(context: DataContext) -> Iterator[Finding]:
    """Look for spatial axes in the first output, which is the one that is trained."""
    shape = context.output.shape
    if shape is None or shape.rank == 0:
        return
    classes = context.facts.classes
    of, many = ("some classes", "K") if classes is None else (plural(classes, "class"), classes)
    numbers = "K numbers" if classes is None else plural(classes, "number")
    message = f"the output is {shape}, a classifier of {of} gives {numbers}"
    hint = f"End with global_avgpool, flatten and `linear: {many}`."
    yield error("output-not-classes", message, context.output_written, hint)
