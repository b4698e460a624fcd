"""What differs between two specs, for a terminal: it fits 40 columns."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import click

from cnnspec.compiler.diff.difference import Difference
from cnnspec.compiler.diff.layers import Detail, LayerChange
from cnnspec.compiler.diff.weights import Transfer
from cnnspec.compiler.plan import Node, Plan
from cnnspec.core.plain_values import yaml_text
from cnnspec.core.plural import plural
from cnnspec.core.shape import Shape
from cnnspec.core.terminal import printable, terminal_width
from cnnspec.render.headline import inputs, outputs
from cnnspec.render.numbers import macs

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "resized": "^", "renamed": "="}
_COLOURS = {"added": "green", "removed": "red", "changed": "yellow", "resized": None, "renamed": None}
_FOLDED = ("resized", "renamed")
"""What follows from other changes: of these the first few are enough."""
_MOST_FOLDED = 6
_MOST_NAMES = 3


def render(labels: tuple[str, str], found: Difference, *, everything: bool = False) -> str:
    """What differs: layers, then totals, weights and settings; `everything` folds nothing."""
    head = click.style(_wrapped(" → ".join(map(printable, labels))), bold=True)
    if found.equal:
        return f"{head}\nNothing differs. {_sentence(_weights(found.weights))}"
    summary = _wrapped(_summary(found))
    layers = "\n".join(_layers(found, everything=everything))
    parts = [f"{head}\n{summary}", layers, "\n".join(_totals(found)), "\n".join(_settings(found))]
    return "\n\n".join(part for part in parts if part)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _wrapped(text: str, start: str = "") -> str:
    """Lines no wider than the terminal, the later ones further in; only what has no space is longer."""
    return textwrap.fill(
        text,
        terminal_width(),
        initial_indent=start,
        subsequent_indent=" " * (len(start) + 4),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(found: Difference) -> str:
    """`Layers: 2 added (+), 1 changed (~).`"""
    counts = Counter(change.sort for change in found.layers)
    listed = [f"{counts[sort]:,} {sort} ({sign})" for sort, sign in _SIGNS.items() if counts[sort]]
    if not listed:
        return f"All {len(found.after.nodes):,} layers are the same."
    return f"Layers: {', '.join(listed)}."


# Layers: what was changed itself in the order of the network, then what follows from it


def _layers(found: Difference, *, everything: bool) -> Iterator[str]:
    yield from _own_changes(found)
    for sort in _FOLDED:
        listed = [change for change in found.layers if change.sort == sort]
        shown = listed if everything else listed[:_MOST_FOLDED]
        yield from map(_pair, shown)
        if len(shown) < len(listed):
            yield _wrapped(f"… and {len(listed) - len(shown):,} more {sort}: --all lists them", "  ")


def _own_changes(found: Difference) -> Iterator[str]:
    """Added, removed and changed layers; a namespace of which all is new, or gone, is one line."""
    wholes = {
        "added": _whole_namespaces(found.after, (c.after for c in found.layers if c.before is None)),
        "removed": _whole_namespaces(found.before, (c.before for c in found.layers if c.after is None)),
    }
    told = set[tuple[str, str]]()
    for change in found.layers:
        if change.sort == "changed":
            yield _pair(change)
        elif change.sort in wholes:
            node = change.after or change.before
            assert node is not None, "a change has a layer"
            space = wholes[change.sort].get(node)
            if space is None:
                yield _lone(change.sort, node)
            elif (change.sort, space) not in told:
                told.add((change.sort, space))
                yield _whole(change.sort, space, [n for n, s in wholes[change.sort].items() if s == space])


def _whole_namespaces(plan: Plan, lone: Iterable[Node | None]) -> dict[Node, str]:
    """The widest namespace around each of these nodes that holds nothing but such nodes; not of a single one."""
    sizes = Counter(space for node in plan.nodes for space in _namespaces(node.path))
    nodes = [node for node in lone if node is not None]
    own = Counter(space for node in nodes for space in _namespaces(node.path))
    wide = {node: [s for s in _namespaces(node.path) if own[s] == sizes[s] > 1] for node in nodes}
    return {node: spaces[0] for node, spaces in wide.items() if spaces}


def _namespaces(path: str) -> list[str]:
    """`a`, `a.b` for `a.b.c`."""
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _line(sort: str, name: str, *rest: str) -> str:
    text = _wrapped("  ".join([printable(name), *rest]), f"{_SIGNS[sort]} ")
    return click.style(text, fg=_COLOURS[sort])


def _lone(sort: str, node: Node) -> str:
    params = [plural(node.params, "parameter")] if node.params else []
    return _line(sort, node.path, node.kind, ", ".join([str(node.shape), *params]))


def _whole(sort: str, space: str, nodes: Sequence[Node]) -> str:
    params = sum(node.params for node in nodes)
    return _line(sort, space, f"{plural(len(nodes), 'layer')}, {plural(params, 'parameter')}")


def _pair(change: LayerChange) -> str:
    one, other = change.before, change.after
    assert one is not None and other is not None, "a layer of both plans"
    name = one.path if one.path == other.path else f"{one.path} → {other.path}"
    results = ", ".join(map(_result, change.result))
    if not change.own:
        return _line(change.sort, name, other.kind, *[results] * bool(results))
    lines = [_wrapped(text, "    ") for text in (*map(_own, change.own), results) if text]
    return "\n".join([_line(change.sort, name, other.kind), *lines])


def _own(detail: Detail) -> str:
    return f"{detail.what}: {_value(detail.before)} → {_value(detail.after)}"


def _result(detail: Detail) -> str:
    before, after = detail.before, detail.after
    if isinstance(before, int) and isinstance(after, int):
        if detail.what == "macs":
            return f"{_macs_of_both(before, after)} MACs"
        return f"{before:,} → {after:,} parameters"
    return f"{before} → {after}"


def _value(value: object) -> str:
    return str(value) if isinstance(value, Shape) else printable(yaml_text(value))


# Totals, weights, settings


def _totals(found: Difference) -> Iterator[str]:
    before, after = found.before, found.after
    shown = {
        "input": _change(inputs(before), inputs(after)),
        "output": _change(outputs(before), outputs(after)),
        "parameters": _change(f"{before.params:,}", f"{after.params:,}", _share(before.params, after.params)),
        "MACs": _change(*_both_macs(before.macs, after.macs), _share(before.macs, after.macs)),
        "weights": _weights(found.weights),
    }
    if not found.same_interface and shown["output"] == outputs(after) and shown["input"] == inputs(after):
        shown["output"] = f"{outputs(after)}, but of other layers, or in another form"
    for name, text in shown.items():
        yield _wrapped(f"{name:<12}{text}")


def _change(before: str, after: str, share: str = "") -> str:
    return before if before == after else f"{before} → {after}{share}"


def _share(before: int, after: int) -> str:
    """` (+14.5 %)`; of nothing no share can be told."""
    return f" ({100 * (after - before) / before:+.1f} %)" if before else ""


def _both_macs(before: int, after: int) -> tuple[str, str]:
    """Short, unless they would look the same."""
    short = macs(before), macs(after)
    return short if before == after or short[0] != short[1] else (f"{before:,}", f"{after:,}")


def _macs_of_both(before: int, after: int) -> str:
    return " → ".join(_both_macs(before, after))


def _weights(weights: Transfer) -> str:
    """How many tensors of the first network fit the second."""
    fitting = len(weights.same) + len(weights.renamed)
    text = f"{fitting:,} of {plural(weights.before, 'tensor')} carry over"
    if weights.renamed:
        pairs = (f"{name} → {other}" for name, other in weights.renamed)
        parts = f": {len(weights.same):,} as they are, {len(weights.renamed):,}" if weights.same else ""
        text += f"{parts} once renamed ({_few(pairs, len(weights.renamed))})"
    if weights.resized:
        listed = _few((name for name, _ in weights.resized), len(weights.resized))
        text += f"; {len(weights.resized):,} of another size ({listed})"
    if weights.after > fitting:
        text += f"; {weights.after - fitting:,} of {weights.after:,} start anew"
    if weights.mistaken:
        listed = _few(weights.mistaken, len(weights.mistaken))
        text += f"; beware: {listed} would load into another layer"
    return text


def _few(names: Iterable[str], count: int) -> str:
    """`a, b, c and 5 more`."""
    listed = ", ".join(printable(name) for name in islice(names, _MOST_NAMES))
    return f"{listed} and {count - _MOST_NAMES:,} more" if count > _MOST_NAMES else listed


def _settings(found: Difference) -> Iterator[str]:
    """A line a setting; parameters that start otherwise in one way share a line."""
    starts: dict[tuple[str, str], list[str]] = {}
    for path, before, after in found.settings:
        if path.startswith("init."):
            starts.setdefault((_start(before), _start(after)), []).append(path.removeprefix("init."))
        else:
            yield _setting(f"{path}: {_value(before)} → {_value(after)}")
    for (start, other), names in starts.items():
        yield _setting(f"init of {_few(names, len(names))}: {start} → {other}")


def _setting(text: str) -> str:
    return click.style(_wrapped(printable(text), "~ "), fg=_COLOURS["changed"])


def _start(initialiser: object) -> str:
    return "torch's own" if initialiser is None else _value(initialiser)
