"""Variables that no expression reads: as a rule, a number was written where the variable was meant.

## unused-variable

Nothing uses the variable (warning)

To set it changes nothing: most often a number was written where the variable was meant.

```yaml
vars: {width: 16}
layers: [conv: {out_channels: 16, kernel_size: 3}]
```

Write `$width` where it belongs, or take it out.

```yaml
vars: {width: 16}
layers: [conv: {out_channels: $width, kernel_size: 3}]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.reader.node import Mapping


@check("no errors")
def unused_variable(context: Context) -> Iterator[Finding]:
    """Look for each of `vars` in the whole file."""
    variables = context.file.get("vars")
    for key, _ in variables if isinstance(variables, Mapping) else ():
        if key.text not in context.name_uses.variables:
            hint = f"Write ${key.text} where it belongs, or take it out."
            yield warning("unused-variable", f"nothing uses the variable {key.text}", key, hint)
