"""Items: from nodes to `Item`s. Form, keys, kinds and literal arguments are checked here, once,
whether or not the item is ever reached.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from cnnspec.core.diagnostic import Findings, Place
from cnnspec.core.plain_values import quote
from cnnspec.core.suggest import nearest
from cnnspec.declare.validate import validate
from cnnspec.language.hints.arguments import HINTS
from cnnspec.language.item_kind import kind_entry
from cnnspec.language.layer_arguments import LayerFactory, no_main_argument
from cnnspec.language.spec import HOLDERS, Branch, Form, Item
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.base import Layer
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence, is_literal

FEWEST_BRANCHES = 2


class Beside(NamedTuple):
    """What stands beside an item's kind."""

    name: Scalar | None = None
    source: Scalar | None = None
    repeat: Node | None = None
    when: Node | None = None
    expect: Node | None = None
    init: Node | None = None


_NOTHING_BESIDE = Beside()


class ItemReader:
    """Reads lists of items; knows which blocks there are (None: that could not be read)."""

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
        return self._of_kind(node, self._form(node), None, _NOTHING_BESIDE)

    def _keyed(self, node: Mapping) -> Item:
        entry = kind_entry(node, self._exists, self._findings)
        beside = self._beside(node) if entry is None or len(node.entries) > 1 else _NOTHING_BESIDE
        if entry is None:
            return Item(node.place, "broken", "", **beside._asdict())
        form: Form = "layers" if entry.key.text == "layers" else self._form(entry.key)
        return self._of_kind(entry.key, form, entry.value, beside)

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
        from cnnspec.language.hints.sections import hint_for_item  # noqa: PLC0415 -- only a mistake pays for it
        from cnnspec.layers.other_libraries import activation_itself, kind_for  # noqa: PLC0415

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

    def _beside(self, node: Mapping) -> Beside:
        name, source = (self._text(node.entries.get(key)) for key in ("name", "from"))
        repeat, when, expect, init = (node.get(key) for key in ("repeat", "when", "expect", "init"))
        return Beside(name, source, repeat, when, expect, init)

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

    def _of_kind(self, key: Scalar, form: Form, value: Node | None, beside: Beside) -> Item:
        """An item of the kind that `key` names, with what stands inside it and beside it."""
        kind, place = key.text, key.place
        if value is not None and _is_empty(value):
            value = None
        beside = self._without_misplaced(form, kind, place, beside)
        if form == "layers":
            body = self.items(value) if value is not None else self._nothing(place)
            return Item(place, form, kind, body=body, **beside._asdict())
        if form == "merge":
            args, branches = self._merge(kind, place, value)
        else:
            args, branches = value, ()
        literal = args is None or form == "broken" or is_literal(args)
        is_layer = form in {"layer", "merge"}
        layer = self._literal_layer(kind, place, args, literal=literal) if is_layer else None
        plain = form == "layer" and beside[1:5] == _NOTHING_BESIDE[1:5]
        return Item(
            place,
            form,
            kind,
            args,
            branches=branches,
            layer=layer,
            literal=literal,
            plain=plain,
            **beside._asdict(),
        )

    def _without_misplaced(self, form: Form, kind: str, place: Place, beside: Beside) -> Beside:
        """`init` beside an item that holds layers says which kinds; scale needs a name."""
        if form in HOLDERS and beside.init is not None and _is_one_initialiser(beside.init):
            hint = "Write `init: {conv: …}` for all the convolutions in it."
            message = f"init stands beside {kind}, which has no weights of its own: it must name kinds"
            self._findings.error("bad-init", message, beside.init.place, hint)
            return beside._replace(init=None)
        if form == "layer" and beside.name is None and KINDS[kind].needs_name:
            message = f"{kind}: name is missing, it is the name of the parameter"
            self._findings.error("missing-argument", message, place, f"Write `{{{kind}: …, name: gamma}}`.")
        return beside

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
