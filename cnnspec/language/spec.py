"""A spec, typed: items, merges, blocks, inputs and outputs, each with the places it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from cnnspec.core.diagnostic import Place, Source
from cnnspec.language.layer_arguments import LayerFactory
from cnnspec.layers.base import Layer
from cnnspec.reader.node import Mapping, Node, Scalar

Form = Literal["layer", "layers", "merge", "block", "dynamic", "broken"]
"""`dynamic`: the kind is an expression. `broken`: the item is wrong, which was reported."""

HOLDERS = ("layers", "merge", "block")
"""Forms of items that hold others."""


@dataclass(slots=True, eq=False)
class Item:
    """One entry of a list of layers."""

    place: Place
    form: Form
    kind: str
    name: Scalar | None = None
    source: Scalar | None = None
    repeat: Node | None = None
    when: Node | None = None
    expect: Node | None = None
    init: Node | None = None
    args: Node | None = None
    body: tuple[Item, ...] = ()
    branches: tuple[Branch, ...] = ()
    layer: Layer | None = None
    """The validated layer of a `literal` item."""
    literal: bool = True
    """Whether no argument is an expression, or it can't be told what they are arguments of."""
    literals_checked: bool = True
    """Whether the literal arguments were checked when the item was read: not where its kind was unknown."""
    plain: bool = False
    """Whether it is a layer with nothing beside it but perhaps a name and an `init`: most items are."""


def every(items: Iterable[Item]) -> Iterator[Item]:
    """The items, and those inside them, in reading order."""
    for item in items:
        yield item
        yield from every(item.body)
        for branch in item.branches:
            yield from every(branch.items)


class Branch(NamedTuple):
    """One branch of a merge: a named output, or items that run on the value as it stands."""

    place: Place
    name: Scalar | None = None
    items: tuple[Item, ...] = ()
    single: bool = False
    """Whether it was written as one bare item, whose false `when` drops the branch."""


@dataclass(eq=False)
class Block:
    """A layer kind of the user's own."""

    name: str
    place: Place
    node: Node
    """All of it as it is written."""
    args: dict[str, Argument] = field(default_factory=dict)
    inputs: dict[str, Scalar] = field(default_factory=dict)
    body: tuple[Item, ...] = ()
    broken: bool = False
    """It is wrong, which was reported: what calls it is unknown, and silent."""


class Argument(NamedTuple):
    """An argument of a block; without a default it is required."""

    key: Scalar
    default: Node | None


class OutputSpec(NamedTuple):
    """One output: its key in the returned dict, and which value it is."""

    key: str | None
    source: Scalar
    when: Node | None = None
    train_only: bool = False


OutputForm = Literal["one", "list", "dict"]
"""What the network returns: a tensor, a tuple of them, or a dict."""


@dataclass(eq=False)
class Spec:
    """A whole spec, with variant and overrides applied, before any expression is evaluated."""

    source: Source
    root: Mapping
    layer_factory: LayerFactory
    """Makes the layers of items with expressions, as it made those of the others."""
    name: str = ""
    inputs: dict[str, Node] = field(default_factory=dict)
    single_input: bool = True
    layers: tuple[Item, ...] = ()
    outputs: tuple[OutputSpec, ...] | None = None
    output_form: OutputForm = "one"
    variables: dict[str, Node] = field(default_factory=dict)
    any_name_may_exist: bool = False
    """Whether `vars` could not be read, so that any variable may be meant to exist."""
    blocks: dict[str, Block] = field(default_factory=dict)
    init: Mapping | None = None
    data: Node | None = None
    train: Node | None = None
    budget: Node | None = None
    ignored: tuple[Scalar, ...] = ()
    """The codes of warnings that are not told, under `lint`."""
