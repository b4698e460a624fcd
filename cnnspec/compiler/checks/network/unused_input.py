"""An input that no layer takes.

## unused-input

No layer takes the input (warning)

What enters there changes nothing that comes out.

```yaml
cnnspec: 1
input: {image: [3, 8, 8], mask: [1, 8, 8]}
layers: [{relu, from: image}]
```

Name it in `from` or in a merge, or take it out.

```yaml
cnnspec: 1
input: {image: [3, 8, 8], mask: [1, 8, 8]}
layers: [concat: [image, mask], relu]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.interface import Finding, check, warning


@check("no errors")
def unused_input(context: Context) -> Iterator[Finding]:
    """Look for inputs without a reader that are no output themselves."""
    flow = context.dataflow
    for name, value in context.plan.inputs.items():
        if value not in flow.readers and value not in flow.outputs:
            message = (
                f"no layer takes the input {name}"
                if len(context.plan.inputs) > 1
                else "no layer takes the input"
            )
            hint = f"Name it, as in `from: {name}`, or take it out."
            yield warning("unused-input", message, context.spec.inputs[name], hint)
