"""Items: from nodes to `Item`s. Form, keys, kinds and literal arguments are checked here, once,
whether or not the item is ever reached.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from cnnspec.core.diagnostic import Findings, Place
from cnnspec.core.plain_values import quote
from cnnspec.core.suggest import nearest
from cnnspec.declare.validate import validate
from cnnspec.language.hints import HINTS, hint_for_item
from cnnspec.language.layer_arguments import LayerFactory, no_main_argument
from cnnspec.language.sections import ITEM_KEYS
from cnnspec.language.spec import HOLDERS, Branch, Form, Item
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.base import Layer
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence, is_literal
from cnnspec.reader.split_at_comma import is_end_of_call

FEWEST_BRANCHES = 2


class ItemKeys(NamedTuple):
    """What stands beside an item's kind: fields of Item, in its order."""

    name: Scalar | None = None
    source: Scalar | None = None
    repeat: Node | None = None
    when: Node | None = None
    expect: Node | None = None
    init: Node | None = None


_NO_KEYS = ItemKeys()


class ItemReader:
    """Reads lists of items. `blocks`: the names of the spec's blocks, None where `blocks` could not be read."""

    def __init__(self, blocks: Collection[str] | None, findings: Findings) -> None:
        self._blocks = blocks or ()
        self._any_block = blocks is None
        self._findings = findings
        self.layer_factory = LayerFactory()

    def items(self, node: Node, what: str = "layers") -> tuple[Item, ...]:
        """The items of a list."""
        if not isinstance(node, Sequence):
            computed = isinstance(node, Scalar) and "$" in node.text
            hint = "Start each item with a dash: `- relu`."
            hint = "Items are written out, not computed; a block may hold them." if computed else hint
            self._findings.error(
                "bad-items", f"{what} is {quote(node.plain())}, it must be a list of items", node.place, hint
            )
            return ()
        return tuple(self.item(child) for child in node.items)

    def item(self, node: Node) -> Item:
        """One item, whatever its form."""
        if isinstance(node, Scalar):
            return self._bare(node)
        if isinstance(node, Sequence):
            message = "a list inside a list is no item"
            self._findings.error(
                "bad-item", message, node.place, "Write `layers: […]` to take several items as one."
            )
            return Item(node.place, "broken", "")
        return self._keyed(node)

    def _bare(self, node: Scalar) -> Item:
        if node.value is None or not isinstance(node.value, str):
            message = f"{quote(node.value)} is no layer" if node.text else "an item is empty"
            self._findings.error(
                "bad-item", message, node.place, "Write a kind, as in `- relu`, or take the dash away."
            )
            return Item(node.place, "broken", "")
        return self._of_kind(node, self._form(node), None, _NO_KEYS)

    def _keyed(self, node: Mapping) -> Item:
        entry = kind_entry(node, self._exists, self._findings)
        item_keys = self._keys(node) if entry is None or len(node.entries) > 1 else _NO_KEYS
        if entry is None:
            return Item(node.place, "broken", "", *item_keys)
        form: Form = "layers" if entry.key.text == "layers" else self._form(entry.key)
        return self._of_kind(entry.key, form, entry.value, item_keys)

    def _exists(self, kind: str) -> bool:
        return kind in KINDS or kind in self._blocks or kind == "layers" or "$" in kind

    def _form(self, key: Scalar) -> Form:
        kind = key.text
        if kind in self._blocks:
            return "block"
        if kind in KINDS:
            return "merge" if kind in MERGES else "layer"
        if "$" in kind:
            return "dynamic"
        if not self._any_block:
            hint = self._kind_hint(kind)
            self._findings.error("unknown-kind", f"{kind} is no layer kind", key.place, hint)
        return "broken"

    def _kind_hint(self, kind: str) -> str:
        from cnnspec.layers.other_libraries import activation_itself, kind_for  # noqa: PLC0415 -- only a mistake pays for it

        if ":" in kind:
            name, _, value = kind.partition(":")
            return f"A space is missing after the colon: `{name}: {value}`."
        if elsewhere := hint_for_item(kind) or activation_itself(kind):
            return elsewhere
        meant = kind_for(kind) or nearest(kind, ["layers", *KINDS, *self._blocks])
        if meant:
            return f"Did you mean {meant}?"
        if " - " in kind:
            return "Two items were read as one text: begin their dashes in the same column."
        if "(" in kind:
            return "Arguments are written as a mapping: `conv: {out_channels: 8, kernel_size: 3}`."
        return "`cnnspec explain` lists the kinds; a block of your own goes under `blocks`."

    def _keys(self, node: Mapping) -> ItemKeys:
        name, source = (self._text(node.entries.get(key)) for key in ("name", "from"))
        repeat, when, expect, init = (node.get(key) for key in ("repeat", "when", "expect", "init"))
        return ItemKeys(name, source, repeat, when, expect, init)

    def _text(self, entry: Entry | None) -> Scalar | None:
        if entry is None:
            return None
        if isinstance(entry.value, Scalar) and entry.value.text:
            return entry.value
        message = f"{entry.key.text} is {quote(entry.value.plain())}, it must be a name"
        self._findings.error(
            "bad-name", message, entry.key.place, f"Write a text, as in `{entry.key.text}: stem`."
        )
        return None

    def _of_kind(self, key: Scalar, form: Form, value: Node | None, item_keys: ItemKeys) -> Item:
        """An item of the kind that `key` names, with what stands inside it and beside it."""
        kind, place = key.text, key.place
        if value is not None and _is_empty(value):
            value = None
        item_keys = self._check_keys(form, kind, place, item_keys)
        if form == "layers":
            body = self.items(value) if value is not None else self._nothing(place)
            return Item(place, form, kind, *item_keys, body=body)
        if form == "merge":
            args, branches = self._merge(kind, place, value)
        else:
            args, branches = value, ()
        literal = args is None or form == "broken" or is_literal(args)
        is_layer = form in {"layer", "merge"}
        layer = self._literal_layer(kind, place, args, literal=literal) if is_layer else None
        plain = form == "layer" and item_keys[1:5] == _NO_KEYS[1:5]
        return Item(
            place,
            form,
            kind,
            *item_keys,
            args=args,
            branches=branches,
            layer=layer,
            literal=literal,
            plain=plain,
        )

    def _check_keys(self, form: Form, kind: str, place: Place, item_keys: ItemKeys) -> ItemKeys:
        """`init` beside an item that holds layers says which kinds; scale needs a name."""
        if form in HOLDERS and item_keys.init is not None and _is_one_initialiser(item_keys.init):
            hint = "Write `init: {conv: …}` for all the convolutions in it."
            message = f"init stands beside {kind}, which has no weights of its own: it must name kinds"
            self._findings.error("bad-init", message, item_keys.init.place, hint)
            return item_keys._replace(init=None)
        if form == "layer" and item_keys.name is None and KINDS[kind].needs_name:
            message = f"{kind}: name is missing, it is the name of the parameter"
            self._findings.error("missing-argument", message, place, f"Write `{{{kind}: …, name: gamma}}`.")
        return item_keys

    def _nothing(self, place: Place) -> tuple[Item, ...]:
        hint = "Write a list of items: `layers: [conv: …, relu]`."
        self._findings.error("bad-items", "layers holds nothing", place, hint)
        return ()

    def _merge(self, kind: str, place: Place, value: Node | None) -> tuple[Node | None, tuple[Branch, ...]]:
        """The arguments and the branches of a merge."""
        of, args = value, None
        if isinstance(value, Mapping):
            of, rest = self._branches_and_arguments(value, kind)
            args = Mapping(rest, value.place, value.alias) if rest else None
        if not isinstance(of, Sequence) or len(of.items) < FEWEST_BRANCHES:
            count = f"{len(of.items)}" if isinstance(of, Sequence) else "none"
            hint = f"Write `{kind}: [[…], []]`; `[]` is the value as it stands here."
            where = of.place if isinstance(of, Sequence) else place
            message = f"{kind} joins two or more branches, here is {count}"
            self._findings.error("too-few-branches", message, where, hint)
        branches = tuple(map(self._branch, of.items)) if isinstance(of, Sequence) else ()
        return args, branches

    def _branches_and_arguments(self, value: Mapping, kind: str) -> tuple[Node | None, dict[str, Entry]]:
        """What `of` holds, and the rest; a list under an unknown name was meant to be `of`."""
        rest = {key: entry for key, entry in value.entries.items() if key != "of"}
        known = KINDS[kind].model_fields
        lists = [key for key, entry in rest.items() if key not in known and isinstance(entry.value, Sequence)]
        if "of" in value.entries or not lists:
            return value.get("of"), rest
        entry = rest.pop(lists[0])
        message = f"{kind}: {entry.key.text} is not one of its arguments"
        self._findings.error("unknown-argument", message, entry.key.place, "Branches go under `of`.")
        return entry.value, rest

    def _branch(self, node: Node) -> Branch:
        if isinstance(node, Scalar):
            if node.text and node.value is not None:
                return Branch(node.place, name=node)
            hint = "Write `[]` for the value as it stands here."
            self._findings.error("bad-branch", f"a branch is {quote(node.value)}", node.place, hint)
            return Branch(node.place, items=(Item(node.place, "broken", ""),))
        if isinstance(node, Sequence):
            return Branch(node.place, items=self.items(node))
        return Branch(node.place, items=(self.item(node),), single=True)

    def _literal_layer(self, kind: str, place: Place, args: Node | None, *, literal: bool) -> Layer | None:
        """The layer of literal arguments; of an item with expressions the rest is checked, and there is none."""
        model = KINDS[kind]
        if literal:
            values = self._literal_values(model, kind, args)
            if values is None:
                return None
            return self.layer_factory.layer(kind, values, place, args, self._findings)
        if isinstance(args, Mapping):
            literals = {key.text: value.plain() for key, value in args if is_literal(value)}
            others = args.entries.keys() - literals.keys()
            validate(
                model, literals, kind, place, args, self._findings, HINTS, reported=others, complete=False
            )
        return None

    def _literal_values(self, model: type[Layer], kind: str, args: Node | None) -> dict[str, Any] | None:
        """Literal arguments by name; None if their form is wrong."""
        if args is None:
            return {}
        if isinstance(args, Mapping):
            return {key.text: value.plain() for key, value in args}
        if model.main is None:
            self._findings.error(*no_main_argument(model, kind, args))
            return None
        return {model.main: args.plain()}


def _is_one_initialiser(init: Node) -> bool:
    """Whether an `init` is what a layer has, not a mapping from kinds."""
    return isinstance(init, Sequence) or (
        isinstance(init, Scalar) and init.value is not None and is_literal(init)
    )


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


# Which key of an item is its kind, and what is said of the others


_TYPES = {"type", "kind", "layer", "op"}


def kind_entry(node: Mapping, exists: Callable[[str], bool], findings: Findings) -> Entry | None:
    """The entry that says what an item is; what else stands beside it is reported, once each.

    An argument that stands beside its kind is read as if it stood inside. None without a kind.
    """
    candidates = [entry for key, entry in node.entries.items() if key not in ITEM_KEYS]
    known = [entry for entry in candidates if exists(entry.key.text)]
    if len(known) > 1:
        message = f"an item has one kind, this one has {', '.join(entry.key.text for entry in known[:6])}"
        findings.error("several-kinds", message, known[1].key.place, "Give each its own dash.")
        return None
    if known:
        own = known[0]
        others = [
            entry for entry in candidates if entry is not own and not is_end_of_call(entry.key.text, node)
        ]
        return _with_arguments_beside(own, others, findings) if others else own
    if not candidates:
        _report_no_kind(node, findings)
        return None
    return _kind_under_type_key(candidates, findings) or candidates[0]


def _report_no_kind(node: Mapping, findings: Findings) -> None:
    message = f"the item has {', '.join(node.entries)}, but no kind"
    hint = "Write a kind beside them, as in `{conv: {…}, name: conv1}`, or `layers: […]`."
    if not node.entries:
        message, hint = "the item {} is empty", "Write a kind, as in `- relu`, or take the item out."
    findings.error("no-kind", message, node.place, hint)


def _kind_under_type_key(candidates: list[Entry], findings: Findings) -> Entry | None:
    """`type: conv` as other tools have it: report it, and read the kind that it names."""
    for key, value in candidates:
        if key.text in _TYPES and isinstance(value, Scalar) and value.text in KINDS:
            rest = {entry.key.text: entry for entry in candidates if entry.key is not key}
            example = ", ".join(f"{name}: …" for name in rest)
            hint = f"Write `{value.text}: {{{example}}}`." if rest else f"Write `{value.text}`."
            findings.error("unknown-key", f"{key.text} is no key of an item: the kind is", key.place, hint)
            return Entry(value, Mapping(rest, key.place) if rest else Scalar("", None, value.place))
    return None


def _with_arguments_beside(kind: Entry, others: list[Entry], findings: Findings) -> Entry:
    """The kind's entry with the arguments written beside it moved inside; each is reported."""
    inside = dict(kind.value.entries) if isinstance(kind.value, Mapping) else {}
    empty = isinstance(kind.value, Scalar) and kind.value.value is None
    arguments = [entry for entry in others if _is_argument(entry.key.text, kind.key.text)]
    for entry in others:
        if entry not in arguments:
            _report_key(entry, kind.key.text, findings)
    if not arguments:
        return kind
    _report_arguments_beside(arguments, kind.key.text, findings, empty=empty)
    if not (inside or empty):
        return kind
    added = {entry.key.text: entry for entry in arguments}
    return kind._replace(value=Mapping({**added, **inside}, kind.value.place, kind.value.alias))


def _is_argument(key: str, kind: str) -> bool:
    """Whether a key was meant for the kind's arguments, not for the item."""
    from cnnspec.layers.other_libraries import argument_for  # noqa: PLC0415 -- only a mistake pays for it

    if kind not in KINDS or nearest(key, ITEM_KEYS):
        return False
    fields = KINDS[kind].model_fields
    return key in fields or argument_for(fields, key) is not None or nearest(key, fields, 0.8) is not None


def _report_arguments_beside(arguments: list[Entry], kind: str, findings: Findings, *, empty: bool) -> None:
    names = ", ".join(entry.key.text for entry in arguments[:6])
    verb = "stands" if len(arguments) == 1 else "stand"
    branches = "of: […], " if kind in MERGES else ""
    example = f"`{kind}: {{{branches}{arguments[0].key.text}: …}}`"
    hint = (
        f"Indent arguments further than {kind}, or write {example}."
        if empty
        else f"It goes inside: {example}."
    )
    findings.error(
        "unknown-key", f"{names} {verb} beside {kind}, not inside it", arguments[0].key.place, hint
    )


def _report_key(entry: Entry, kind: str, findings: Findings) -> None:
    from cnnspec.layers.other_libraries import activation_after  # noqa: PLC0415 -- only a mistake pays for it

    key, value = entry
    near = nearest(key.text, ITEM_KEYS)
    activation = activation_after(kind, key.text, value.text if isinstance(value, Scalar) else "")
    listed = activation or f"Beside a kind may stand {', '.join(ITEM_KEYS)}."
    hint = f"Did you mean {near}?" if near else listed
    findings.error("unknown-key", f"{key.text} can't stand beside {kind}", key.place, hint)
