"""Blocks that no chain of calls leads to from `layers`.

## unused-block

Nothing uses the block (warning)

It is checked, but it is no part of the network.

```yaml
blocks: {unit: {layers: [conv: {out_channels: 8, kernel_size: 3}, relu]}}
layers: [relu]
```

Write it as an item, as in `- unit`, or take it out.

```yaml
blocks: {unit: {layers: [conv: {out_channels: 8, kernel_size: 3}, relu]}}
layers: [unit]
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.compiler.checks.name_uses import words
from cnnspec.language.spec import Block, Item, every


@check("no errors")
def unused_block(context: Context) -> Iterator[Finding]:
    """Follow the calls; any text of the file may be the kind that an expression stands for."""
    blocks, layers = context.spec.blocks, context.spec.layers
    used = _called(layers, blocks, frozenset())
    if len(used) < len(blocks):
        used = _called(layers, blocks, words(context.spec, context.file))
    for name, block in blocks.items():
        if name not in used:
            hint = f"Write it as an item, as in `- {name}`, or take it out."
            yield warning("unused-block", f"nothing uses the block {name}", block, hint)


def _called(layers: Sequence[Item], blocks: Mapping[str, Block], computed: frozenset[str]) -> set[str]:
    """The blocks that a chain of calls leads to, where an expression may stand for each of the `computed` kinds."""
    used: set[str] = set()
    todo = [layers]
    while todo:
        for item in every(todo.pop()):
            kinds = computed if item.form == "dynamic" else {item.kind}
            called = kinds & blocks.keys()
            todo += [blocks[name].body for name in called - used]
            used |= called
    return used
