"""Arguments and inputs that a block declares and never uses.

## unused-argument

The block never uses its argument (warning)

Whoever calls the block sets it, and nothing changes.

```yaml
blocks: {unit: {args: {stride: 1}, layers: [relu]}}
layers: [unit: {stride: 2}]
```

Write `$stride` where it belongs, or take it out; an input is used by its name.

```yaml
blocks: {unit: {args: {stride: 1}, layers: [maxpool: {kernel_size: 2, stride: $stride}]}}
layers: [unit: {stride: 2}]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import Context
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.language.spec import Block, every
from cnnspec.reader.node import texts_of


@check("no errors")
def unused_argument(context: Context) -> Iterator[Finding]:
    """Look for each argument in the expressions of its block, for each input in the names."""
    for block in context.spec.blocks.values():
        for name, argument in block.args.items():
            if name not in context.name_uses.in_blocks[block.name]:
                message = f"block {block.name} never uses its argument {name}"
                hint = f"Write ${name} where it belongs, or take it out."
                yield warning("unused-argument", message, argument.key, hint)
        named = set(_names_in(block)) if block.inputs else ()
        for name, key in block.inputs.items():
            if not any(_may_name(text, name) for text in named):
                message = f"block {block.name} never uses its input {name}"
                hint = f"Name it, as in `from: {name}`, or take it out."
                yield warning("unused-argument", message, key, hint)


def _names_in(block: Block) -> Iterator[str]:
    """The texts in a block that name values: `from`, branches, and what its layers and calls are given."""
    for item in every(block.body):
        if item.source is not None:
            yield item.source.text
        yield from (branch.name.text for branch in item.branches if branch.name is not None)
        if item.args is not None:
            yield from (text for text in texts_of(item.args).values if "$" not in text)


def _may_name(text: str, name: str) -> bool:
    """Whether a text is a value's name, or begins as it does before a `$` fills in the rest."""
    start, filled, _ = text.partition("$")
    return name.startswith(start) if filled else text == name
