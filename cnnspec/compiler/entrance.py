"""`input`: the shapes that enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.frame import NOTHING
from cnnspec.compiler.plan import Value
from cnnspec.compiler.reporter import Reporter, definitions
from cnnspec.core.shape import Shape
from cnnspec.language.node import Sequence
from cnnspec.language.problems import shown
from cnnspec.language.values import Unknown, value_of

if TYPE_CHECKING:
    from cnnspec.core.diagnostic import Place
    from cnnspec.language.expression import Value as Plain
    from cnnspec.language.node import Node
    from cnnspec.language.scope import Scope
    from cnnspec.language.spec import Spec

_EXAMPLE = "Write channels, then spatial sizes, without the batch: `[3, 224, 224]`."
_MOST_AXES = 4


def read_inputs(spec: Spec, scope: Scope, reporter: Reporter) -> dict[str, Value]:
    """Every input by name; one whose shape is wrong is unknown."""
    return {
        name: Value(_shape(name, node, scope, reporter), None, name) for name, node in spec.inputs.items()
    }


def entered(spec: Spec, inputs: dict[str, Value]) -> dict[str, Value]:
    """What names stand for at the spec's top: its inputs, and `input` where there is just one."""
    if len(inputs) == 1:
        return {"input": next(iter(inputs.values())), **inputs}
    return {"input": NOTHING if spec.inputs else Value(None), **inputs}


def _shape(name: str, node: Node, scope: Scope, reporter: Reporter) -> Shape | None:
    try:
        value = value_of(node, scope, reporter)
    except Unknown:
        return None
    if not isinstance(value, list) or not value:
        message = f"{name} is {shown(value)}, it must be a list of sizes"
        reporter.error("bad-input", message, node.place, _EXAMPLE, definitions(node, scope))
        return None
    if len(value) > _MOST_AXES:
        message = (
            f"{name} has {len(value)} axes, at most {_MOST_AXES} are known: channels and three spatial ones"
        )
        reporter.error("bad-input", message, node.place, f"{_EXAMPLE} The batch is never written.")
        return None
    sizes = [_size(size, _element(node, index), reporter) for index, size in enumerate(value)]
    return Shape(tuple(sizes))


def _element(node: Node, index: int) -> Place:
    return node.items[index].place if isinstance(node, Sequence) else node.place


def _size(size: Plain, place: Place, reporter: Reporter) -> int | None:
    if type(size) is int and size >= 1:
        return size
    if isinstance(size, str):
        message, hint = (
            f"a size of the input is the text {shown(size)}",
            "Write a number; sizes as symbols can't be checked yet.",
        )
    else:
        message, hint = (
            f"a size of the input is {shown(size)}, it must be a whole number of at least 1",
            _EXAMPLE,
        )
    reporter.error("bad-input", message, place, hint)
    return None
