"""`$in_channels` outside of blocks, where it is easily taken for what enters the item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.language.values import variables_in

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Value
    from cnnspec.compiler.walk.frame import Frame
    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.language.spec import Item


def warn_of_channels(item: Item, value: Value, frame: Frame, reporter: Reporter) -> None:
    """Warn where an argument uses `$in_channels`, and another number of channels comes into the item."""
    if item.args is None or value.shape is None or "in_channels" not in frame.scope:
        return
    entered, comes = frame.scope["in_channels"], value.shape.channels
    if entered != comes and "in_channels" in variables_in(item.args):
        message = f"$in_channels is {entered} here, what entered the spec; {comes} channels come into this {item.kind}"
        hint = "Make a block of these layers: in it `$in_channels` is what enters the block. Or write the number."
        reporter.warning("outer-channels", message, item.args.place, hint)
