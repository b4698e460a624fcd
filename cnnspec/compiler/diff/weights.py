"""Which weights of one network fit another, and which start otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnnspec.compiler.diff.alignment import Alignment
from cnnspec.compiler.diff.settings import SettingChange, choice_as_written
from cnnspec.compiler.plan import Node, Plan


class Transfer(NamedTuple):
    """The tensors of two state_dicts: parameters, and buffers such as running statistics."""

    before: int
    after: int
    same: tuple[str, ...]
    """Names that both have for a tensor of the same layer and shape: these load as they are."""
    renamed: tuple[tuple[str, str], ...]
    """Tensors of the same layer and shape under two names: these load once they are renamed."""
    resized: tuple[tuple[str, str], ...]
    """Tensors of the same layer, of two shapes."""
    mistaken: tuple[str, ...]
    """Names that both have, in one shape, for tensors of two layers: these load, and should not."""


def transfer(before: Plan, after: Plan, alignment: Alignment) -> Transfer:
    """What a state_dict of the first network gives the second."""
    first, second = before.state(), after.state()
    partners = {name: other for pair in alignment.pairs for name, other in _tensors(*pair)}
    fitting = [(name, partners[name]) for name in first if first[name] == second.get(partners.get(name, ""))]
    same = {name for name, other in fitting if name == other}
    return Transfer(
        len(first),
        len(second),
        tuple(name for name in first if name in same),
        tuple((name, other) for name, other in fitting if name != other),
        tuple((name, other) for name, other in partners.items() if first[name] != second[other]),
        tuple(name for name, shape in first.items() if name not in same and shape == second.get(name)),
    )


def _tensors(one: Node, other: Node) -> Iterator[tuple[str, str]]:
    """The names of what both layers hold, by torch's names within a layer."""
    theirs = {name.removeprefix(other.path): name for name, _ in other.state()}
    for name, _ in one.state():
        if name.removeprefix(one.path) in theirs:
            yield name, theirs[name.removeprefix(one.path)]


def start_changes(before: Plan, after: Plan, alignment: Alignment) -> tuple[SettingChange, ...]:
    """Parameters of the same layer that start otherwise, by their names in the second network."""
    from cnnspec.layers.initialisers import INITIALISERS  # noqa: PLC0415 -- most specs leave it to torch

    partners = {name: other for pair in alignment.pairs for name, other in _tensors(*pair)}
    starts = (
        {
            partners[start.parameter]: start.initialiser
            for start in before.init
            if start.parameter in partners
        },
        {start.parameter: start.initialiser for start in after.init if start.parameter in partners.values()},
    )
    return tuple(
        SettingChange(f"init.{name}", *written)
        for name in dict.fromkeys([*starts[0], *starts[1]])
        if starts[0].get(name) != starts[1].get(name)
        for written in [[side.get(name) and choice_as_written(side[name], INITIALISERS) for side in starts]]
    )
