"""Names of the walk: taking them, letting them stand for values, looking them up."""

from __future__ import annotations

from collections.abc import Sequence

from cnnspec.compiler.plan import Value
from cnnspec.compiler.walk.frame import NOTHING, Frame
from cnnspec.compiler.walk.namespace import find, find_group, name_problem, visible
from cnnspec.core.diagnostic import Findings, Place, Related, Report
from cnnspec.core.plain_values import yaml_text
from cnnspec.core.suggest import did_you_mean
from cnnspec.language.spec import Item, Spec, every
from cnnspec.language.values import Unknown, text_of
from cnnspec.layers import KINDS
from cnnspec.reader.node import Scalar

_MOST_SEARCHES = 50
"""To look for what was meant takes time; whoever has so many wrong names has another mistake."""


class Names:
    """Gives each item its name, and finds values by name."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._collected: dict[int, dict[str, Place]] = {}
        self._searches = 0
        self._valid_names: set[str] = set()
        """Names without a `$` that are known to be fit."""

    def evaluated_name(self, name: Scalar, frame: Frame) -> str | None:
        """The name that an item asks for, reported where it can't have it; None where there is none to be had."""
        if name.text in self._valid_names:
            return name.text
        try:
            text = text_of(name, frame.scope, frame.reporter)
        except Unknown:
            return None
        why = name_problem(text)
        if why is not None:
            code = "reserved-name" if "itself" in why or "entered" in why else "bad-name"
            message = f"an item can't be called {yaml_text(text)}: {why}"
            frame.reporter.error(code, message, name.place, "Choose another name.")
        elif text == name.text:
            self._valid_names.add(text)
        return text

    def lookup(self, source: Scalar, frame: Frame, *, own: str | None = None) -> Value:
        """The value of a name; an unknown one after reporting that there is none.

        `own` is the name of the item that asks, which doesn't stand for anything yet.
        """
        try:
            path = text_of(source, frame.scope, frame.reporter)
        except Unknown:
            return Value(None)
        value = find(path, frame.spaces)
        if value is not None:
            return value
        value = frame.inputs.get(path)
        if value is NOTHING:
            self.several_inputs(source.place, frame.reporter)
            return Value(None)
        return self._report_missing(path, source, frame, own) if value is None else value

    def several_inputs(self, place: Place, findings: Findings, kind: str = "") -> None:
        """Report an item that takes `input` where there are several."""
        names = list(self._spec.inputs)
        message = f"{kind}{': ' if kind else ''}there are {len(names)} inputs, {', '.join(names)}: which one enters is not said"
        hint = f"Write `from: {names[0]}` beside it, or begin with a merge of names." if names else ""
        findings.error("no-input", message, place, hint)

    def record_absent(self, item: Item, frame: Frame) -> None:
        """The item isn't there; whoever asks for its name is told so."""
        if item.name is None:
            return
        try:
            name = text_of(item.name, frame.scope, Report())  # what isn't there has no mistakes
        except Unknown:
            return
        frame.namespace.absent[name] = item.name.place

    def _report_missing(self, path: str, source: Scalar, frame: Frame, own: str | None) -> Value:
        if any(space.incomplete for space in frame.spaces):
            return Value(None)
        later = self._written_names(frame).get(path)
        absent = next((s.absent[path] for s in frame.spaces if path in s.absent), None)
        if absent is not None:
            message, hint = (
                f"{path} is not there: its `when` is false, or it has no rounds",
                "Give this item the same condition.",
            )
            frame.reporter.error(
                "unknown-name", message, source.place, hint, (Related(absent, "left out here"),)
            )
        elif later is not None and (later.line, later.column) > (source.place.line, source.place.column):
            message = f"{path} comes later, on line {later.line}"
            hint = "An item can only take what stands before it: move it down, or the other one up."
            frame.reporter.error(
                "later-name", message, source.place, hint, (Related(later, f"{path} is here"),)
            )
        else:
            message = f"no item before this one is called {path}"
            hint = "An item can't take its own output." if path == own else self._instead(path, frame)
            frame.reporter.error("unknown-name", message, source.place, hint)
        return Value(None)

    def _instead(self, path: str, frame: Frame) -> str:
        if path in KINDS or path in self._spec.blocks:
            return f"A text is always a name; for the layer write `[{path}]`."
        if "." in path:
            return _path_hint(path, frame)
        if path in self._written_names(frame):
            return "It stands inside another item: write its path, as in `backbone.conv1`."
        if frame.namespace.body is not self._spec.layers and path in self._names_of(self._spec.layers):
            return (
                f"A block sees nothing from outside: write `inputs: [{path}]` in it, and give it at the call."
            )
        self._searches += 1
        if self._searches > _MOST_SEARCHES:
            return "Names are compared letter by letter, in upper and lower case."
        names = [*dict.fromkeys(visible(frame.spaces)), *frame.inputs]
        near = did_you_mean(path, names)
        if near or len(names) > 1:
            return near or f"There are {', '.join(names[:12])}."
        return "Give that item a `name`; `input` is what entered."

    def _written_names(self, frame: Frame) -> dict[str, Place]:
        """Every name in the block that the walk is in, or at the top: reached or not."""
        return self._names_of(frame.namespace.body)

    def _names_of(self, items: Sequence[Item]) -> dict[str, Place]:
        found = self._collected.get(id(items))
        if found is None:
            found = self._collected[id(items)] = {}
            for item in every(items):
                if item.name is not None:
                    found.setdefault(item.name.text, item.name.place)
        return found


def claim(item: Item, name: str | None, frame: Frame) -> str:
    """Take the name, or the item's position, in the namespace: what the item is called there."""
    space = frame.namespace
    key = str(space.positions) if name is None else name
    space.positions += 1
    place = item.place if item.name is None else item.name.place
    earlier = space.taken.setdefault(key, entry := (place, name is not None))
    if earlier is not entry:
        space.groups.pop(key, None)
        if not space.incomplete:
            _report_duplicate(key, place, earlier, frame, named=name is not None)
    return key


def _report_duplicate(
    key: str, place: Place, earlier: tuple[Place, bool], frame: Frame, *, named: bool
) -> None:
    other, other_named = earlier
    position = not (named and other_named)
    message = f"the name {key} is also the position of an item" if position else f"the name {key} is taken"
    hint = "Choose another name; in a repeat put its variable into it, as in `name: stage$i`."
    where, second = (place, other) if named else (other, place)
    related = () if where == second else (Related(second, f"{key} is here too"),)
    frame.reporter.error("duplicate-name", message, where, hint, related)


def _path_hint(path: str, frame: Frame) -> str:
    """How far a dotted path leads, and what is there."""
    parts = path.split(".")
    for count in range(len(parts) - 1, 0, -1):
        prefix = ".".join(parts[:count])
        group = find_group(prefix, frame.spaces)
        if group is not None:
            return f"{prefix} holds {', '.join(list(group.values)[:12])}."
        if find(prefix, frame.spaces) is not None:
            return f"{prefix} holds nothing that can be named: it is a layer, or the instance of a block."
    return f"There is no {parts[0]} before this item."
