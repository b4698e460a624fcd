"""`init`: how each weight starts; an item's own wins over its kind's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.plan import Initialisation, Node
from cnnspec.core.reject import Reject
from cnnspec.core.suggest import did_you_mean
from cnnspec.language.node import Mapping, Scalar
from cnnspec.language.settings import read_choice, written_out
from cnnspec.language.values import Unknown
from cnnspec.layers import KINDS, layer_class
from cnnspec.layers.base import Layer
from cnnspec.layers.initialisers import INITIALISERS

if TYPE_CHECKING:
    from cnnspec.compiler.reporter import Reporter
    from cnnspec.compiler.wiring import Wiring
    from cnnspec.language.node import Node as Yaml
    from cnnspec.language.scope import Scope
    from cnnspec.language.spec import Spec
    from cnnspec.layers.initialisers import Initialiser

Parts = dict[str, "Initialiser"]
"""An initialiser for each of a layer's parameters that is not left to torch."""


class Starts:
    """Finds the initialisation of every node's parameters."""

    def __init__(self, spec: Spec, scope: Scope, reporter: Reporter) -> None:
        self._spec = spec
        self._scope = scope
        self._reporter = reporter

    def of(self, wiring: Wiring) -> tuple[Initialisation, ...]:
        """The initialisations in construction order."""
        by_kind = self._by_kind()
        found: list[Initialisation] = []
        for node in wiring.nodes:
            item, frame = wiring.items[node]
            parts = by_kind.get(node.kind, {})
            if item.init is not None:
                own = self._parts(item.init, frame.scope)
                parts = {**parts, **own}
                self._check_effect(node, own, item.init)
            found += self._apply(node, parts, item.init or self._kind_entry(node.kind))
        return tuple(found)

    def _check_effect(self, node: Node, parts: Parts, written: Yaml) -> None:
        """An item's own `init` names weights that the item has."""
        if node.weights is None:
            return
        held = [name or "weight" for name in node.weights.parameters]
        for part in parts:
            if part not in held:
                hint = f"It has {' and '.join(held)}." if held else "Take init out."
                self._reporter.error("bad-init", f"init: this {node.kind} has no {part}", written.place, hint)

    def _kind_entry(self, kind: str) -> Yaml | None:
        return self._spec.init.get(kind) if self._spec.init else None

    def _by_kind(self) -> dict[str, Parts]:
        found: dict[str, Parts] = {}
        for key, node in self._spec.init or ():
            if key.text not in KINDS or layer_class(key.text).weights is Layer.weights:
                hint = (
                    did_you_mean(key.text, KINDS)
                    or "Write a layer kind, as in `init: {conv: kaiming_normal}`."
                )
                self._reporter.error(
                    "unknown-kind", f"init: {key.text} is no layer kind with weights", key.place, hint
                )
            else:
                found[key.text] = self._parts(node, self._scope)
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
        made = read_choice(node, "init", INITIALISERS, scope, self._reporter)
        return {} if made is None else {"weight": made}

    def _by_parameter(self, node: Mapping, known: set[str], scope: Scope) -> Parts:
        parts: Parts = {}
        for key, child in node:
            if key.text not in known:
                hint = did_you_mean(key.text, known) or "A layer has weight and bias."
                self._reporter.error(
                    "unknown-key", f"init: there is no parameter {key.text}", key.place, hint
                )
                continue
            made = read_choice(child, "init", INITIALISERS, scope, self._reporter)
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
