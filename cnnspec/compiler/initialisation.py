"""`init`: how each weight starts; what stands nearer to the item wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.plan import Initialisation, Node
from cnnspec.core.errors import Reject
from cnnspec.core.plain_values import yaml_text
from cnnspec.core.suggest import did_you_mean, nearest
from cnnspec.language.choices import read_choice, value_node
from cnnspec.language.sections import is_empty, section_entries
from cnnspec.language.spec import HOLDERS
from cnnspec.language.values import Unknown
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.base import Layer
from cnnspec.layers.initialisers import INITIALISERS
from cnnspec.reader.node import Mapping, Scalar

if TYPE_CHECKING:
    from cnnspec.compiler.walk.builder import Builder
    from cnnspec.compiler.walk.frame import KindInit
    from cnnspec.compiler.walk.reporter import Reporter
    from cnnspec.core.diagnostic import Place
    from cnnspec.language.scope import Scope
    from cnnspec.layers.initialisers import Initialiser
    from cnnspec.reader.node import Node as Yaml

_NUMBERS: dict[object, str] = {0: "Write `zeros`.", 1: "Write `ones`."}
_PARAMETERS = ("weight", "bias")


class ParameterInit(NamedTuple):
    """A parameter's initialiser, its place, and the reporter for its mistakes."""

    initialiser: Initialiser
    place: Place
    reporter: Reporter


InitByParameter = dict[str, ParameterInit | None]
"""Parameter → its initialisation; None: torch's default, which overrides outer `init`s."""


class InitReader:
    """Finds the initialisation of every node's parameters; what stands further in wins."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, int], dict[str, InitByParameter]] = {}
        self._merged: dict[tuple[str, int], InitByParameter] = {}

    def read(self, builder: Builder, outermost: tuple[KindInit, ...]) -> tuple[Initialisation, ...]:
        """The initialisations in construction order."""
        for init in outermost:
            self._by_kind(init)
        found: list[Initialisation] = []
        for node, (item, frame) in zip(builder.nodes, builder.origins, strict=True):
            if item.init is None and (node.weights is None or not node.weights.parameters):
                continue
            parts = self._from_outer_items(node.kind, frame.init)
            if item.init is not None and item.form not in HOLDERS:
                own = _parts(item.init, frame.scope, frame.reporter)
                _check_effect(node, own, item.init, frame.reporter)
                parts = {**parts, **own}
            if parts and node.weights is not None:
                found += _apply(node, parts)
        return tuple(found)

    def _from_outer_items(self, kind: str, inits: tuple[KindInit, ...]) -> InitByParameter:
        """What the items around a layer of this kind say."""
        key = (kind, id(inits))
        if key not in self._merged:
            self._merged[key] = {
                name: start for init in inits for name, start in self._by_kind(init).get(kind, {}).items()
            }
        return self._merged[key]

    def _by_kind(self, init: KindInit) -> dict[str, InitByParameter]:
        """An `init` by kinds, read once for each set of variables that it sees."""
        key = (id(init.kinds), id(init.scope))
        if key not in self._read:
            self._read[key] = _kinds(init)
        return self._read[key]


def _kinds(init: KindInit) -> dict[str, InitByParameter]:
    found: dict[str, InitByParameter] = {}
    try:
        kinds = value_node(init.kinds, init.scope, init.reporter)
    except Unknown:
        return found
    for key, node in section_entries(kinds, "init", "init: {conv: kaiming_normal}", init.reporter):
        if key.text in KINDS and KINDS[key.text].weights is not Layer.weights:
            found[key.text] = _parts(node, init.scope, init.reporter)
            continue
        message = f"init: {key.text} is no layer kind with weights"
        init.reporter.error("unknown-kind", message, key.place, _kind_hint(key.text))
    return found


def _check_effect(node: Node, parts: InitByParameter, written: Yaml, reporter: Reporter) -> None:
    """An item's own `init` names weights that the item has."""
    if node.weights is None:
        return
    held = [name or "weight" for name in node.weights.parameters]
    for part, start in parts.items():
        if start is not None and part not in held:
            hint = f"It has {' and '.join(held)}." if held else "Take init out."
            reporter.error("bad-init", f"init: this {node.kind} has no {part}", written.place, hint)


def _parts(node: Yaml, scope: Scope, reporter: Reporter) -> InitByParameter:
    """One initialiser for the weight, or a mapping from parameters to initialisers; null is torch's own."""
    try:
        node = value_node(node, scope, reporter)
    except Unknown:
        return {}
    if is_empty(node):
        return dict.fromkeys(_PARAMETERS)
    if isinstance(node, Mapping) and _is_by_parameter(node):
        return _by_parameter(node, scope, reporter)
    start = _start(node, scope, reporter)
    return {} if start is None else {"weight": start}


def _is_by_parameter(node: Mapping) -> bool:
    keys = list(node.entries)
    if not keys or any(key in INITIALISERS for key in keys):
        return False
    return len(keys) > 1 or nearest(keys[0], _PARAMETERS) is not None


def _by_parameter(node: Mapping, scope: Scope, reporter: Reporter) -> InitByParameter:
    parts: InitByParameter = {}
    for key, child in node:
        if key.text not in _PARAMETERS:
            hint = did_you_mean(key.text, _PARAMETERS) or "A layer has weight and bias."
            message = f"init: there is no parameter {key.text}"
            reporter.error("unknown-key", message, key.place, hint)
        elif is_empty(child):
            parts[key.text] = None
        elif (start := _start(child, scope, reporter)) is not None:
            parts[key.text] = start
    return parts


def _start(node: Yaml, scope: Scope, reporter: Reporter) -> ParameterInit | None:
    if isinstance(node, Scalar) and type(node.value) in {int, float}:
        message = f"init is {yaml_text(node.value)}, which is no initialiser"
        hint = _NUMBERS.get(node.plain()) or f"Write `{{constant: {yaml_text(node.value)}}}`."
        reporter.error("unknown-choice", message, node.place, hint)
        return None
    initialiser = read_choice(node, "init", INITIALISERS, scope, reporter)
    return None if initialiser is None else ParameterInit(initialiser, node.place, reporter)


def _apply(node: Node, parts: InitByParameter) -> list[Initialisation]:
    found = []
    assert node.weights is not None
    for name, shape in node.weights.parameters.items():
        start = parts.get(name or "weight")
        if start is None:
            continue
        try:
            start.initialiser.require_shape(shape)
        except Reject as no:
            start.reporter.error(no.code, f"{node.kind}: {no.message}", start.place, no.hint)
            continue
        found.append(Initialisation(f"{node.path}.{name}" if name else node.path, start.initialiser))
    return found


def _kind_hint(word: str) -> str:
    if word in INITIALISERS or word in KINDS:
        return "Write a layer kind that has weights, as in `init: {conv: kaiming_normal}`."
    trained = [kind for kind in KINDS if kind not in MERGES]
    return did_you_mean(word, trained) or "Write a layer kind, as in `init: {conv: kaiming_normal}`."
