"""`cache: none` for data that is not kept in image files, so that there is nothing to decode as it is needed.

## cache-without-files

Nothing to decode again and again

`cache: none` decodes image files as they are needed; this data set is not one of image files, and is read
whole.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 10]
data: mnist
train: {cache: none}
```

Leave cache out, or write ram or device.

```yaml
cnnspec: 1
input: [1, 28, 28]
layers: [flatten, linear: 10]
data: mnist
train: {cache: ram}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, error
from cnnspec.settings.datasets import name_of


@check("train")
def cache(context: DataContext) -> Iterator[Finding]:
    """Compare the cache with what holds the images."""
    if context.train.cache == "none" and not context.data.in_files:
        message = f"cache: none is for image files, {name_of(context.data)} is read whole"
        yield error("cache-without-files", message, "train.cache", "Leave it out, or write ram or device.")
