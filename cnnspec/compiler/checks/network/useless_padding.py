"""A padding so wide that some positions of the filter see nothing but padding.

## useless-padding

Outputs that see padding alone (warning)

Where the padding is as wide as the filter, the outermost outputs see no input: they are the bias, whatever enters.
FCN pads by 100 on purpose, to take images of any size (Long et al., 2015). Not told of modes other than zeros.

```yaml
- conv: {out_channels: 8, kernel_size: 1, padding: 1}
```

Write a padding of half the filter's extent, or none for a kernel_size of 1.

```yaml
- conv: {out_channels: 8, kernel_size: 1}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.dataflow import weighted_sums
from cnnspec.compiler.checks.interface import Finding, check, warning


@check("shapes", "no errors")
def useless_padding(context: Context) -> Iterator[Finding]:
    """Compare the padding of each filter with its extent."""
    for node in weighted_sums(context.plan):
        x, layer = node.inputs[0].shape, node.layer
        assert x is not None and layer is not None
        if getattr(layer, "padding_mode", "") != "zeros":
            continue
        for window in (layer.windows(x.rank) or ()) if x.rank else ():
            if window.before >= window.extent:
                message = (
                    f"padding {window.before} is as wide as the filter, which extends over "
                    f"{window.extent}: the outermost outputs see no input"
                )
                best = (window.extent - 1) // 2
                hint = (
                    f"Write `padding: {best}`, which keeps the size at stride 1."
                    if best
                    else "Leave padding out."
                )
                yield warning("useless-padding", message, node, hint)
                break
