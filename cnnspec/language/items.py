"""Items: from nodes to `Item`s. Form, keys, kinds and literal arguments are checked here, once,
whether or not the item is ever reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.core.plain import quote
from cnnspec.core.suggest import nearest
from cnnspec.declare.validate import validate
from cnnspec.expressions.dollar import has_dollar
from cnnspec.language.hints.arguments import HINTS
from cnnspec.language.item_kind import kind_of
from cnnspec.language.layer_arguments import Layers, no_main_argument
from cnnspec.language.spec import HOLDERS, Branch, Form, Item
from cnnspec.layers import KINDS, MERGES
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence, is_literal

if TYPE_CHECKING:
    from collections.abc import Collection

    from cnnspec.core.diagnostic import Findings
    from cnnspec.layers.base import Layer

FEWEST_BRANCHES = 2


class ItemReader:
    """Reads lists of items; knows which blocks there are (None: that could not be read)."""

    def __init__(self, blocks: Collection[str] | None, findings: Findings) -> None:
        self._blocks = blocks or ()
        self._any_block = blocks is None
        self._findings = findings
        self.made = Layers(findings)

    def items(self, node: Node, what: str = "layers") -> tuple[Item, ...]:
        """The items of a list."""
        if not isinstance(node, Sequence):
            computed = isinstance(node, Scalar) and has_dollar(node.text)
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
        return self._with_arguments(Item(node.place, self._form(node), node.text), None)

    def _keyed(self, node: Mapping) -> Item:
        entry = kind_of(node, self._exists, self._findings)
        if entry is None:
            return self._beside(node, Item(node.place, "broken", ""))
        form: Form = "layers" if entry.key.text == "layers" else self._form(entry.key)
        item = self._beside(node, Item(entry.key.place, form, entry.key.text))
        return self._with_arguments(item, entry.value)

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
        if not self._any_block:
            hint = self._kind_hint(kind)
            self._findings.error("unknown-kind", f"{kind} is no layer kind", key.place, hint)
        return "broken"

    def _kind_hint(self, kind: str) -> str:
        from cnnspec.language.hints.sections import among_layers  # noqa: PLC0415 -- only a mistake pays for it
        from cnnspec.layers.other_libraries import activation_itself, kind_for  # noqa: PLC0415

        if ":" in kind:
            name, _, value = kind.partition(":")
            return f"A space is missing after the colon: `{name}: {value}`."
        if elsewhere := among_layers(kind) or activation_itself(kind):
            return elsewhere
        meant = kind_for(kind) or nearest(kind, ["layers", *KINDS, *self._blocks])
        if meant:
            return f"Did you mean {meant}?"
        if " - " in kind:
            return "Two items were read as one text: begin their dashes in the same column."
        if "(" in kind:
            return "Arguments are written as a mapping: `conv: {out_channels: 8, kernel_size: 3}`."
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
        message = f"{entry.key.text} is {quote(entry.value.plain())}, it must be a name"
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
        self._check_companions(item)
        beside = (item.repeat, item.when, item.source, item.expect)
        item.plain = item.form == "layer" and beside == (None,) * len(beside)
        return item

    def _check_companions(self, item: Item) -> None:
        """`init` beside an item that holds layers says which kinds; scale needs a name."""
        if item.form in HOLDERS and item.init is not None and _is_one_initialiser(item.init):
            hint = "Write `init: {conv: …}` for all the convolutions in it."
            message = f"init stands beside {item.kind}, which has no weights of its own: it must name kinds"
            self._findings.error("bad-init", message, item.init.place, hint)
            item.init = None
        if item.form == "layer" and item.name is None and KINDS[item.kind].needs_name:
            message = f"{item.kind}: name is missing, it is the name of the parameter"
            self._findings.error(
                "missing-argument", message, item.place, f"Write `{{{item.kind}: …, name: gamma}}`."
            )

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
            of, rest = self._branches_and_arguments(value, item)
            item.args = Mapping(rest, value.place, value.alias) if rest else None
        item.literal = item.args is None or is_literal(item.args)
        item.layer = self._static(item)
        if not isinstance(of, Sequence) or len(of.items) < FEWEST_BRANCHES:
            count = f"{len(of.items)}" if isinstance(of, Sequence) else "none"
            hint = f"Write `{item.kind}: [[…], []]`; `[]` is the value as it stands here."
            place = of.place if isinstance(of, Sequence) else item.place
            self._findings.error(
                "too-few-branches", f"{item.kind} joins two or more branches, here is {count}", place, hint
            )
        if isinstance(of, Sequence):
            item.branches = tuple(self._branch(child) for child in of.items)

    def _branches_and_arguments(self, value: Mapping, item: Item) -> tuple[Node | None, dict[str, Entry]]:
        """What `of` holds, and the rest; a list under an unknown name was meant to be `of`."""
        rest = {key: entry for key, entry in value.entries.items() if key != "of"}
        known = KINDS[item.kind].model_fields
        lists = [key for key, entry in rest.items() if key not in known and isinstance(entry.value, Sequence)]
        if "of" in value.entries or not lists:
            return value.get("of"), rest
        entry = rest.pop(lists[0])
        message = f"{item.kind}: {entry.key.text} is not one of its arguments"
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

    def _static(self, item: Item) -> Layer | None:
        """Check what is written literally; the layer, if that is all."""
        model = KINDS[item.kind]
        values = self.literal_values(model, item)
        if values is None:
            return None
        if item.literal:
            return self.made.make(model, values, item)
        self._check_literals(model, values, item)
        return None

    def _check_literals(self, model: type[Layer], values: dict[str, Any], item: Item) -> None:
        """Of an item with expressions, check the rest; `consistent` needs them all and waits."""
        if not isinstance(item.args, Mapping):
            return
        later = item.args.entries.keys() - values.keys()
        validate(model, values, item.kind, item.place, item.args, self._findings, HINTS, reported=later)

    def literal_values(self, model: type[Layer], item: Item) -> dict[str, Any] | None:
        """The arguments that hold no expression, by name; None if their form is wrong."""
        if item.args is None:
            return {}
        if isinstance(item.args, Mapping):
            return {key.text: value.plain() for key, value in item.args if is_literal(value)}
        if not item.literal:
            return {}
        if model.main is None:
            self._findings.error(*no_main_argument(model, item))
            return None
        return {model.main: item.args.plain()}


def _is_one_initialiser(init: Node) -> bool:
    """Whether an `init` is what a layer has, not a mapping from kinds."""
    return isinstance(init, Sequence) or (
        isinstance(init, Scalar) and init.value is not None and is_literal(init)
    )


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None
