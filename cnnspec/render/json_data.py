"""Results as plain data, for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cnnspec.compiler.check import Result
from cnnspec.compiler.plan import Node, Plan, Value
from cnnspec.compiler.receptive_field import receptive_fields
from cnnspec.core.diagnostic import Diagnostic, Edit, Place

if TYPE_CHECKING:
    from cnnspec.render.memory_totals import MemoryTotals


def diagnostic_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic; lines and columns from 1, the end exclusive. `source` is there where it is not
    the file but a `--set PATH`.
    """
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place(diagnostic.place),
        "hint": diagnostic.hint,
        "fixes": [
            {"title": fix.title, "certain": fix.certain, "edits": list(map(_edit, fix.edits))}
            for fix in diagnostic.fixes
        ],
        "related": [{**_place(related.place), "message": related.message} for related in diagnostic.related],
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {**_place(edit.place), "text": edit.text}


def _place(place: Place) -> dict[str, Any]:
    return {
        **({"source": place.source.name} if place.source.name.startswith("--set ") else {}),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def file_data(path: str, diagnostics: Iterable[Diagnostic], *, ok: bool) -> dict[str, Any]:
    """What `validate` says of one spec."""
    return {"path": path, "ok": ok, "diagnostics": [diagnostic_data(found) for found in diagnostics]}


def summary_data(result: Result, plan: Plan, memory: MemoryTotals | None = None) -> dict[str, Any]:
    """The table of layers, as far as they are known, and the totals; with `memory` where it was asked for."""
    fields = receptive_fields(plan)
    data = {
        "name": plan.name,
        "input": _inputs(plan),
        "output": _outputs(plan),
        "layers": [_layer(plan, node, fields[node]) for node in plan.known_nodes],
        "total": {**_total(plan), **(memory.data() if memory else {})} if plan.complete else None,
    }
    if result.diagnostics:
        data["diagnostics"] = [diagnostic_data(diagnostic) for diagnostic in result.diagnostics]
    return data


def network_data(name: str, result: Result, plan: Plan) -> dict[str, Any]:
    """A network that ships: where it is, what enters and comes out, and its cost."""
    return {"name": name, "file": result.source.name, **interface_data(plan)}


def interface_data(plan: Plan) -> dict[str, Any]:
    """What enters a whole network and what comes out, and its cost."""
    return {"input": _inputs(plan), "output": _outputs(plan), **_total(plan)}


def _total(plan: Plan) -> dict[str, int | None]:
    macs = None if plan.open_inputs else plan.macs
    return {"params": plan.params, "macs": macs, "flops": None if macs is None else 2 * macs}


def _layer(plan: Plan, node: Node, field: tuple[int, ...] | None) -> dict[str, Any]:
    inputs = [_sizes(plan, value) for value in node.inputs]
    return {
        "path": node.path,
        "kind": node.kind,
        "line": node.place.line,
        "input": inputs[0] if len(inputs) == 1 else inputs,
        "output": _sizes(plan, node),
        "params": node.params,
        "macs": None if plan.open_inputs else node.macs,
        "receptive_field": None if field is None else list(field),
    }


def _sizes(plan: Plan, value: Value) -> list[int | str | None] | None:
    """Numbers, and texts where they depend on open sizes."""
    sizes = plan.sizes_of(value)
    return None if sizes is None else list(sizes)


def _inputs(plan: Plan) -> Any:
    shapes = {name: _sizes(plan, value) for name, value in plan.inputs.items()}
    return shapes["input"] if list(shapes) == ["input"] else shapes


def _outputs(plan: Plan) -> Any:
    if plan.output_form == "dict":
        return {output.key: _sizes(plan, output.value) for output in plan.outputs}
    shapes = [_sizes(plan, output.value) for output in plan.outputs]
    return shapes if plan.output_form == "list" else next(iter(shapes), None)


def failed_data(result: Result) -> dict[str, Any]:
    """A summary where not even the form of the spec could be read."""
    found = [diagnostic_data(diagnostic) for diagnostic in result.diagnostics]
    return {"name": None, "input": None, "output": None, "layers": [], "total": None, "diagnostics": found}
