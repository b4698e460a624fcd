"""`expect`: an assertion on the shape that an item gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.walk.reporter import Reporter, definitions
from cnnspec.core.plain import yaml_text
from cnnspec.language.values import Unknown, value_of

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Value
    from cnnspec.core.plain import Plain
    from cnnspec.core.shape import Shape
    from cnnspec.language.scope import Scope
    from cnnspec.language.spec import Item
    from cnnspec.reader.node import Node


class Expectations:
    """Compares expected shapes with those that were inferred."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def check(self, item: Item, value: Value, scope: Scope) -> None:
        """Report where the item's output has not the expected shape."""
        node = item.expect
        if node is None:
            return
        try:
            wanted = value_of(node, scope, self._reporter)
        except Unknown:
            return
        if (
            not isinstance(wanted, list)
            or not wanted
            or not all(type(size) is int and size >= 1 for size in wanted)
        ):
            self._no_shape(wanted, node, value.shape)
        elif value.shape is not None and not _agree(value.shape, wanted):
            self._mismatch(item, node, wanted, value.shape, scope)

    def _no_shape(self, wanted: object, node: Node, shape: Shape | None) -> None:
        message = f"expect is {yaml_text(wanted)}, it must be a list of sizes, without the batch"
        hint = (
            f"Write `expect: {yaml_text(list(shape.sizes))}`."
            if shape and shape.known
            else "Write `expect: [10, 12, 12]`."
        )
        self._reporter.error("bad-value", message, node.place, hint)

    def _mismatch(self, item: Item, node: Node, wanted: list[Plain], shape: Shape, scope: Scope) -> None:
        message = f"{item.kind}: expect says {'×'.join(map(str, wanted))}, the output is {shape}"
        hint = (
            f"Write `expect: {yaml_text(list(shape.sizes))}`, or change the layers before it."
            if shape.known
            else ""
        )
        self._reporter.error("wrong-expectation", message, node.place, hint, definitions(node, scope))


def _agree(shape: Shape, wanted: list[Plain]) -> bool:
    """Whether all sizes that are known are the wanted ones."""
    pairs = zip(shape.sizes, wanted, strict=False)
    return len(shape.sizes) == len(wanted) and all(size is None or size == want for size, want in pairs)
