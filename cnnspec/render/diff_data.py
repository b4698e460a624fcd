"""What differs between two specs as plain data, for JSON. docs/teams.md describes it."""

from __future__ import annotations

from typing import Any

from cnnspec.compiler.check import Result
from cnnspec.compiler.diff.difference import Difference
from cnnspec.compiler.diff.layers import Detail, LayerChange
from cnnspec.compiler.diff.weights import Transfer
from cnnspec.compiler.plan import Node
from cnnspec.core.shape import Shape
from cnnspec.render.json_data import diagnostic_data, interface_data


def difference_data(
    labels: tuple[str, str], results: tuple[Result, Result], found: Difference | None
) -> dict[str, Any]:
    """Both sides with their totals, and what differs; without a difference a side has errors."""
    sides = [_side(label, result) for label, result in zip(labels, results, strict=True)]
    data = {"equal": None if found is None else found.equal, "before": sides[0], "after": sides[1]}
    if found is None:
        return data
    return {
        **data,
        "same_interface": found.same_interface,
        "layers": [_layer(change) for change in found.layers],
        "weights": _weights(found.weights),
        "settings": [
            {"path": path, "before": before, "after": after} for path, before, after in found.settings
        ],
    }


def _side(label: str, result: Result) -> dict[str, Any]:
    totals = interface_data(result.require_plan()) if result.ok else {}
    found = [diagnostic_data(diagnostic) for diagnostic in result.diagnostics]
    return {"spec": label, "ok": result.ok, **totals, "diagnostics": found}


def _layer(change: LayerChange) -> dict[str, Any]:
    return {
        "change": change.sort,
        "before": change.before and _node(change.before),
        "after": change.after and _node(change.after),
        "differences": [_detail(detail) for detail in (*change.own, *change.result)],
    }


def _node(node: Node) -> dict[str, Any]:
    return {
        "path": node.path,
        "kind": node.kind,
        "line": node.place.line,
        "output": _plain(node.shape),
        "params": node.params,
        "macs": node.macs,
    }


def _detail(detail: Detail) -> dict[str, Any]:
    return {"what": detail.what, "before": _plain(detail.before), "after": _plain(detail.after)}


def _plain(value: object) -> object:
    if isinstance(value, Shape):
        return list(value.sizes)
    return list(value) if isinstance(value, tuple) else value


def _weights(weights: Transfer) -> dict[str, Any]:
    pairs = {
        name: [{"before": one, "after": other} for one, other in getattr(weights, name)]
        for name in ("renamed", "resized")
    }
    return {
        "tensors": {"before": weights.before, "after": weights.after},
        "same": list(weights.same),
        **pairs,
        "mistaken": list(weights.mistaken),
    }
