"""`init`: how each weight starts; what stands nearer to the item wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.plan import Initialisation, Node
from cnnspec.core.reject import Reject
from cnnspec.core.suggest import did_you_mean
from cnnspec.language.node import Mapping, Scalar
from cnnspec.language.problems import shown
from cnnspec.language.sections import entries
from cnnspec.language.settings import read_choice, written_out
from cnnspec.language.spec import HOLDERS
from cnnspec.language.values import Unknown
from cnnspec.layers import KINDS, layer_class
from cnnspec.layers.base import Layer
from cnnspec.layers.initialisers import INITIALISERS

if TYPE_CHECKING:
    from cnnspec.compiler.frame import Starting
    from cnnspec.compiler.reporter import Reporter
    from cnnspec.compiler.wiring import Wiring
    from cnnspec.language.node import Node as Yaml
    from cnnspec.language.scope import Scope
    from cnnspec.layers.initialisers import Initialiser

_NUMBERS: dict[object, str] = {0: "Write `zeros`.", 1: "Write `ones`."}

Parts = dict[str, "Initialiser"]
"""An initialiser for each of a layer's parameters that is not left to torch."""


class _Kinds(NamedTuple):
    """An `init` by kinds, read."""

    parts: dict[str, Parts]
    written: dict[str, Yaml]


class Starts:
    """Finds the initialisation of every node's parameters."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._read: dict[tuple[int, int], _Kinds] = {}
        self._merged: dict[tuple[str, int], tuple[Parts, Yaml | None]] = {}

    def of(self, wiring: Wiring, outermost: tuple[Starting, ...]) -> tuple[Initialisation, ...]:
        """The initialisations in construction order; what stands further in wins."""
        for starting in outermost:
            self._kinds(starting)
        found: list[Initialisation] = []
        for node in wiring.nodes:
            item, frame = wiring.items[node]
            parts, written = self._around(node.kind, frame.init)
            if item.init is not None and item.form not in HOLDERS:
                own = self._parts(item.init, frame.scope)
                parts, written = {**parts, **own}, item.init
                self._check_effect(node, own, item.init)
            if parts:
                found += self._apply(node, parts, written)
        return tuple(found)

    def _around(self, kind: str, init: tuple[Starting, ...]) -> tuple[Parts, Yaml | None]:
        """What the items around a layer of this kind say, and the innermost of them."""
        key = (kind, id(init))
        if key not in self._merged:
            parts: Parts = {}
            written: Yaml | None = None
            for starting in init:
                kinds = self._kinds(starting)
                if kind in kinds.parts:
                    parts, written = {**parts, **kinds.parts[kind]}, kinds.written[kind]
            self._merged[key] = (parts, written)
        return self._merged[key]

    def _kinds(self, starting: Starting) -> _Kinds:
        """An `init` by kinds, read once for each set of variables that it sees."""
        key = (id(starting.kinds), id(starting.scope))
        if key not in self._read:
            self._read[key] = self._by_kind(starting)
        return self._read[key]

    def _check_effect(self, node: Node, parts: Parts, written: Yaml) -> None:
        """An item's own `init` names weights that the item has."""
        if node.weights is None:
            return
        held = [name or "weight" for name in node.weights.parameters]
        for part in parts:
            if part not in held:
                hint = f"It has {' and '.join(held)}." if held else "Take init out."
                self._reporter.error("bad-init", f"init: this {node.kind} has no {part}", written.place, hint)

    def _by_kind(self, starting: Starting) -> _Kinds:
        found = _Kinds({}, {})
        try:
            kinds = written_out(starting.kinds, starting.scope, self._reporter)
        except Unknown:
            return found
        for key, node in entries(kinds, "init", "init: {conv: kaiming_normal}", self._reporter):
            if key.text not in KINDS or layer_class(key.text).weights is Layer.weights:
                example = "Write a layer kind, as in `init: {conv: kaiming_normal}`."
                hint = example if key.text in INITIALISERS else did_you_mean(key.text, KINDS) or example
                message = f"init: {key.text} is no layer kind with weights"
                self._reporter.error("unknown-kind", message, key.place, hint)
            else:
                found.parts[key.text] = self._parts(node, starting.scope)
                found.written[key.text] = node
        return found

    def _parts(self, node: Yaml, scope: Scope) -> Parts:
        """One initialiser for the weight, or a mapping from parameters to initialisers."""
        try:
            node = written_out(node, scope, self._reporter)
        except Unknown:
            return {}
        if isinstance(node, Scalar) and node.value is None:
            return {}
        if isinstance(node, Mapping) and node.entries and not node.entries.keys() & INITIALISERS.keys():
            known = {"weight", "bias"}
            if node.entries.keys() <= known or len(node.entries) > 1:
                return self._by_parameter(node, known, scope)
        made = self._initialiser(node, scope)
        return {} if made is None else {"weight": made}

    def _initialiser(self, node: Yaml, scope: Scope) -> Initialiser | None:
        if isinstance(node, Scalar) and type(node.value) in {int, float}:
            message = f"init is {shown(node.value)}, which is no initialiser"
            hint = _NUMBERS.get(node.plain()) or f"Write `{{constant: {shown(node.value)}}}`."
            self._reporter.error("unknown-choice", message, node.place, hint)
            return None
        return read_choice(node, "init", INITIALISERS, scope, self._reporter)

    def _by_parameter(self, node: Mapping, known: set[str], scope: Scope) -> Parts:
        parts: Parts = {}
        for key, child in node:
            if key.text not in known:
                hint = did_you_mean(key.text, known) or "A layer has weight and bias."
                self._reporter.error(
                    "unknown-key", f"init: there is no parameter {key.text}", key.place, hint
                )
                continue
            made = self._initialiser(child, scope)
            if made is not None:
                parts[key.text] = made
        return parts

    def _apply(self, node: Node, parts: Parts, written: Yaml | None) -> list[Initialisation]:
        if not parts or node.weights is None or written is None:
            return []
        found = []
        for name, shape in node.weights.parameters.items():
            initialiser = parts.get(name or "weight")
            if initialiser is None:
                continue
            try:
                initialiser.fits(shape)
            except Reject as no:
                self._reporter.error(no.code, f"{node.kind}: {no.message}", written.place, no.hint)
                continue
            found.append(Initialisation(f"{node.path}.{name}" if name else node.path, initialiser))
        return found
