"""What differs between two specs, all of it."""

from __future__ import annotations

from typing import NamedTuple

from cnnspec.compiler.check import Result
from cnnspec.compiler.diff.alignment import align
from cnnspec.compiler.diff.layers import LayerChange, layer_changes, same_outputs
from cnnspec.compiler.diff.settings import SettingChange, setting_changes
from cnnspec.compiler.diff.weights import Transfer, start_changes, transfer
from cnnspec.compiler.plan import Plan


class Difference(NamedTuple):
    """Two plans, and what differs between them and in what their specs say of data and training."""

    before: Plan
    after: Plan
    layers: tuple[LayerChange, ...]
    same_interface: bool
    """Whether the same inputs enter, and the same values come out by the same keys, of whatever sizes."""
    weights: Transfer
    settings: tuple[SettingChange, ...]

    @property
    def equal(self) -> bool:
        """Whether both specs say the same, names and descriptions of networks aside."""
        return not self.layers and not self.settings and self.same_interface


def difference(before: Result, after: Result) -> Difference:
    """Compare two specs. Raises SpecError where one has errors."""
    one, other = before.require_plan(), after.require_plan()
    alignment = align(one.nodes, other.nodes)
    inputs = [{name: value.shape for name, value in plan.inputs.items()} for plan in (one, other)]
    return Difference(
        one,
        other,
        layer_changes(one, other, alignment),
        inputs[0] == inputs[1] and same_outputs(one, other, alignment),
        transfer(one, other, alignment),
        (*setting_changes(before, after), *start_changes(one, other, alignment)),
    )
