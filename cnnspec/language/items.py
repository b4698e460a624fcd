"""Items: from nodes to `Item`s. Form, keys, kinds and literal arguments are checked here, once,
whether or not the item is ever reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.core.suggest import nearest
from cnnspec.language.node import Entry, Mapping, Node, Scalar, Sequence
from cnnspec.language.problems import checked, shown
from cnnspec.language.spec import ITEM_KEYS, Branch, Form, Item
from cnnspec.language.validation import no_main_argument, validate_layer
from cnnspec.language.values import has_dollar, is_literal
from cnnspec.layers import KINDS, MERGES, layer_class

if TYPE_CHECKING:
    from collections.abc import Collection

    from cnnspec.core.diagnostic import Findings
    from cnnspec.layers.base import Layer

_FEWEST_BRANCHES = 2


class ItemReader:
    """Reads lists of items; knows which blocks there are."""

    def __init__(self, blocks: Collection[str], findings: Findings) -> None:
        self._blocks = blocks
        self._findings = findings

    def items(self, node: Node, what: str = "layers") -> tuple[Item, ...]:
        """The items of a list."""
        if not isinstance(node, Sequence):
            hint = "Start each item with a dash: `- relu`."
            self._findings.error(
                "bad-items", f"{what} is {shown(node.plain())}, it must be a list of items", node.place, hint
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
            message = f"{shown(node.value)} is no layer" if node.text else "an item is empty"
            self._findings.error(
                "bad-item", message, node.place, "Write a kind, as in `- relu`, or take the dash away."
            )
            return Item(node.place, "broken", "")
        return self._with_arguments(Item(node.place, self._form(node), node.text), None)

    def _keyed(self, node: Mapping) -> Item:
        kinds = [entry for key, entry in node.entries.items() if key not in ITEM_KEYS]
        entry = self._the_kind(kinds, node)
        if entry is None:
            return self._beside(node, Item(node.place, "broken", ""))
        form: Form = "layers" if entry.key.text == "layers" else self._form(entry.key)
        item = self._beside(node, Item(entry.key.place, form, entry.key.text))
        return self._with_arguments(item, entry.value)

    def _the_kind(self, kinds: list[Entry], node: Mapping) -> Entry | None:
        if len(kinds) == 1:
            return kinds[0]
        if not kinds:
            keys = ", ".join(node.entries) or "nothing"
            hint = "Write a kind beside them, as in `{conv: {…}, name: conv1}`, or `layers: […]`."
            self._findings.error("no-kind", f"the item has {keys}, but no kind", node.place, hint)
            return None
        self._several(kinds)
        return None

    def _several(self, kinds: list[Entry]) -> None:
        known = [entry for entry in kinds if self._exists(entry.key.text)]
        first, second = kinds[0], kinds[1]
        if known and known[0] is first and len(known) == 1 and _is_empty(first.value):
            message = f"{second.key.text} stands beside {first.key.text}, not among its arguments"
            hint = f"Indent the arguments under it, or write `{first.key.text}: {{{second.key.text}: …}}`."
            self._findings.error("several-kinds", message, second.key.place, hint)
            return
        message = f"an item has one kind, this one has {', '.join(entry.key.text for entry in kinds[:6])}"
        stray = second if second not in known or len(known) > 1 else first
        hint = (
            "Give each kind its own dash."
            if len(known) > 1
            else self._stray_hint(stray.key.text, first, known)
        )
        self._findings.error("several-kinds", message, stray.key.place, hint)

    def _stray_hint(self, stray: str, first: Entry, known: list[Entry]) -> str:
        near = nearest(stray, ITEM_KEYS)
        if near:
            return f"Did you mean {near}?"
        if known and known[0] is first:
            return f"An argument goes inside: `{first.key.text}: {{…, {stray}: …}}`."
        return f"Beside a kind may stand {', '.join(ITEM_KEYS)}."

    def _exists(self, kind: str) -> bool:
        return kind in KINDS or kind in self._blocks or kind == "layers" or has_dollar(kind)

    def _form(self, key: Scalar) -> Form:
        kind = key.text
        if kind in self._blocks:
            return "block"
        if kind in KINDS:
            return "merge" if kind in MERGES else "layer"
        if has_dollar(kind):
            return "dynamic"
        self._findings.error("unknown-kind", f"{kind} is no layer kind", key.place, self._kind_hint(kind))
        return "broken"

    def _kind_hint(self, kind: str) -> str:
        from cnnspec.layers.foreign import kind_for  # noqa: PLC0415 -- only a mistake pays for it

        meant = kind_for(kind) or nearest(kind, [*KINDS, *self._blocks])
        if meant:
            return f"Did you mean {meant}?"
        if "(" in kind:
            return "Arguments are written as a mapping: `conv: {out_channels: 8, kernel_size: 3}`."
        if ":" in kind:
            return "A space is missing after the colon."
        return "`cnnspec explain` lists the kinds; a block of your own goes under `blocks`."

    def _beside(self, node: Mapping, item: Item) -> Item:
        for key, attribute in (("name", "name"), ("from", "source")):
            setattr(item, attribute, self._text(node.entries.get(key)))
        for key in ("repeat", "when", "expect", "init"):
            setattr(item, key, node.get(key))
        return item

    def _text(self, entry: Entry | None) -> Scalar | None:
        if entry is None:
            return None
        if isinstance(entry.value, Scalar) and entry.value.text:
            return entry.value
        message = f"{entry.key.text} is {shown(entry.value.plain())}, it must be a name"
        self._findings.error(
            "bad-name", message, entry.key.place, f"Write a text, as in `{entry.key.text}: stem`."
        )
        return None

    def _with_arguments(self, item: Item, value: Node | None) -> Item:
        empty = value is None or _is_empty(value)
        if item.form == "layers":
            item.body = self.items(value) if value is not None and not empty else self._nothing(item)
        elif item.form == "merge":
            self._merge(item, value)
        else:
            item.args = None if empty else value
            item.literal = item.args is None or is_literal(item.args)
            if item.form == "layer":
                item.layer = self._static(item)
        return item

    def _nothing(self, item: Item) -> tuple[Item, ...]:
        self._findings.error(
            "bad-items",
            "layers holds nothing",
            item.place,
            "Write a list of items: `layers: [conv: …, relu]`.",
        )
        return ()

    def _merge(self, item: Item, value: Node | None) -> None:
        of = value
        if isinstance(value, Mapping):
            of = value.get("of")
            rest = {key: entry for key, entry in value.entries.items() if key != "of"}
            item.args = Mapping(rest, value.place, value.alias) if rest else None
        item.literal = item.args is None or is_literal(item.args)
        item.layer = self._static(item)
        if not isinstance(of, Sequence) or len(of.items) < _FEWEST_BRANCHES:
            count = f"{len(of.items)}" if isinstance(of, Sequence) else "none"
            hint = f"Write `{item.kind}: [[…], []]`; `[]` is the value as it stands here."
            place = of.place if isinstance(of, Sequence) else item.place
            self._findings.error(
                "too-few-branches", f"{item.kind} joins two or more branches, here is {count}", place, hint
            )
        if isinstance(of, Sequence):
            item.branches = tuple(self._branch(child) for child in of.items)

    def _branch(self, node: Node) -> Branch:
        if isinstance(node, Scalar):
            if node.text and node.value is not None:
                return Branch(node.place, name=node)
            hint = "Write `[]` for the value as it stands here."
            self._findings.error("bad-branch", f"a branch is {shown(node.value)}", node.place, hint)
            return Branch(node.place, items=(Item(node.place, "broken", ""),))
        if isinstance(node, Sequence):
            return Branch(node.place, items=self.items(node))
        return Branch(node.place, items=(self.item(node),), single=True)

    def _static(self, item: Item) -> Layer | None:
        """Check what is written literally; the layer, if that is all."""
        model = layer_class(item.kind)
        values = self.literal_values(model, item)
        if values is None:
            return None
        if item.literal:
            return validate_layer(model, values, item, self._findings)
        self._check_literals(model, values, item)
        return None

    def _check_literals(self, model: type[Layer], values: dict[str, Any], item: Item) -> None:
        """Of an item with expressions, check the rest; `consistent` needs them all and waits."""
        written = item.args.entries if isinstance(item.args, Mapping) else {model.main or ""}
        later = set(written) - set(values)
        checked(model, values, item.kind, item.place, item.args, self._findings, told=later)

    def literal_values(self, model: type[Layer], item: Item) -> dict[str, Any] | None:
        """The arguments that hold no expression, by name; None if their form is wrong."""
        if item.args is None:
            return {}
        if isinstance(item.args, Mapping):
            return {key.text: value.plain() for key, value in item.args if is_literal(value)}
        if model.main is None:
            self._findings.error(*no_main_argument(model, item))
            return None
        return {model.main: item.args.plain()} if item.literal else {}


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None
