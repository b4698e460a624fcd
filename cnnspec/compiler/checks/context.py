"""What a check sees: the plan, the spec that it was made of, and what it is to be trained on and how. Read only."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cnnspec.compiler.checks.dataflow import Dataflow
from cnnspec.compiler.plan import Value
from cnnspec.core.shape import is_image

if TYPE_CHECKING:
    from cnnspec.compiler.checks.interface import Written
    from cnnspec.compiler.checks.name_uses import NameUses
    from cnnspec.compiler.plan import Plan
    from cnnspec.language.spec import Spec
    from cnnspec.reader.node import Mapping, Node
    from cnnspec.settings.budget import Budget
    from cnnspec.settings.datasets.base import Data, Facts
    from cnnspec.settings.train import Train


class Context:
    """A network and its text."""

    def __init__(self, plan: Plan, spec: Spec, file: Mapping) -> None:
        self.plan: Final = plan
        """Every node with its layer, shapes, weights and path, as far as they could be inferred."""
        self.spec: Final = spec
        """Items, blocks and variables, with variant and settings applied."""
        self.file: Final = file
        """The whole file as it is written, whatever a variant makes of it."""

    @cached_property
    def dataflow(self) -> Dataflow:
        """Who reads which value of the plan."""
        return Dataflow(self.plan)

    @cached_property
    def name_uses(self) -> NameUses:
        """The variables that the file reads, and where."""
        from cnnspec.compiler.checks.name_uses import name_uses  # noqa: PLC0415 -- for specs with names

        return name_uses(self.spec, self.file)

    @property
    def first_input(self) -> Node:
        """What is written of the first of the spec's inputs."""
        return next(iter(self.spec.inputs.values()))

    @property
    def input_shape(self) -> tuple[int, ...] | None:
        """The shape of the first input; None where a size is unknown."""
        shape = next((value.shape for value in self.plan.inputs.values()), None)
        known = tuple(size for size in (shape.sizes if shape else ()) if size is not None)
        return known if shape is not None and shape.known else None


class TrainContext(Context):
    """A network that is to be trained."""

    def __init__(self, plan: Plan, spec: Spec, file: Mapping, train: Train) -> None:
        super().__init__(plan, spec, file)
        self.train: Final = train


class BudgetContext(TrainContext):
    """A network, how it is to be trained, and the limits that it must keep."""

    def __init__(self, plan: Plan, spec: Spec, file: Mapping, train: Train, budget: Budget) -> None:
        super().__init__(plan, spec, file, train)
        self.budget: Final = budget


class DataContext(TrainContext):
    """A network and the data that it is to be trained on."""

    def __init__(self, plan: Plan, spec: Spec, file: Mapping, train: Train, data: Data) -> None:
        super().__init__(plan, spec, file, train)
        self.data: Final = data

    @cached_property
    def facts(self) -> Facts:
        """What is known of the data without opening it."""
        return self.data.facts(self.input_shape)

    @property
    def image(self) -> tuple[int, ...] | None:
        """Channels, height and width of what enters; None where that is no image, or unknown."""
        shape = self.input_shape
        return shape if shape is not None and is_image(shape) else None

    @property
    def output(self) -> Value:
        """The first output, which is the one that is trained; unknown where there is none."""
        return self.plan.outputs[0].value if self.plan.outputs else Value(None)

    @property
    def output_written(self) -> Written:
        """Where the first output is written; the input where there is none."""
        return self.output.node or self.first_input

    @property
    def scores(self) -> int | None:
        """How many scores the network gives; None where it gives something else, or their number is unknown."""
        shape = self.output.shape
        return shape.channels if shape is not None and shape.rank == 0 else None
