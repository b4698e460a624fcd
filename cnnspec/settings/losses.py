"""What `train: {loss: …}` may say: torch.nn's losses, their arguments and defaults.

A new loss is its class, its line in the table below, and its case in `runner/losses`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, Strict

from cnnspec.core.errors import Reject
from cnnspec.core.plural import plural
from cnnspec.declare.arguments import Arguments, Expect, NonNegativeNumber, PositiveNumber, Probability
from cnnspec.declare.registry import Registry

ClassWeights = Annotated[
    Literal["balanced"]
    | Annotated[tuple[NonNegativeNumber, ...], Strict(strict=False), Field(min_length=1)]
    | None,
    Expect("a list of a number of at least 0 for each class, `balanced`, or null"),
]
PositiveWeights = Annotated[
    PositiveNumber | Annotated[tuple[PositiveNumber, ...], Strict(strict=False), Field(min_length=1)] | None,
    Expect("a number above 0, a list of one for each output, or null"),
]


class Loss(Arguments):
    """What training makes small."""

    one_for_two: ClassVar[bool] = False
    """Whether a single output is allowed for two classes."""
    outputs: ClassVar[Literal["softmax", "sigmoid", "values"]] = "values"
    """What the network gives: scores for a softmax, a score for a sigmoid each, or each class's value from 0 to 1."""

    @property
    def normalises(self) -> bool:
        """Whether it applies a softmax of its own."""
        return self.outputs == "softmax"

    @property
    def counts_classes(self) -> bool:
        """Whether it depends on how many images each class has."""
        return False

    def require_outputs(self, outputs: int) -> None:
        """Raise Reject where an argument does not suit so many outputs."""


class CrossEntropy(Loss):
    """−log of the softmax at the true class, averaged over the batch; takes scores, not a softmax."""

    example = "{cross_entropy: {weight: balanced, label_smoothing: 0.1}}"
    outputs = "softmax"

    weight: ClassWeights = Field(
        None,
        description="What the images of each class count; balanced: as much less as the class is more frequent.",
    )
    label_smoothing: Probability = Field(
        0.0,
        description="The share of the target that is spread evenly over all classes (Szegedy et al., 2016).",
    )

    @property
    def counts_classes(self) -> bool:
        """Whether rare classes count more."""
        return self.weight == "balanced"

    def consistent(self) -> None:
        """Raise Reject when no class counts."""
        if isinstance(self.weight, tuple) and not any(self.weight):
            raise Reject(
                "no-weight", "every class has the weight 0", field="weight", hint="Leave weight out."
            )

    def require_outputs(self, outputs: int) -> None:
        """Raise Reject unless there is a weight for each output."""
        if isinstance(self.weight, tuple) and len(self.weight) != outputs:
            message = f"weight has {plural(len(self.weight), 'number')}, the network gives {outputs}"
            hint = f"Write {plural(outputs, 'number')}."
            raise Reject("weights-not-classes", message, field="weight", hint=hint)


class BinaryCrossEntropy(Loss):
    """−log of the sigmoid, class by class: each is told from all others; takes scores, not a sigmoid.

    Two classes need one output only: what it says is how sure the second class is.
    """

    example = "{bce: {pos_weight: 9}}"
    one_for_two = True
    outputs = "sigmoid"

    pos_weight: PositiveWeights = Field(
        None,
        description="What an image of the class counts beside one of the others; or a list, one an output.",
    )
    label_smoothing: Probability = Field(
        0.0, description="The share of the target that is spread evenly over all classes."
    )

    def require_outputs(self, outputs: int) -> None:
        """Raise Reject unless there is a weight for each output."""
        if isinstance(self.pos_weight, tuple) and len(self.pos_weight) != outputs:
            message = f"pos_weight has {plural(len(self.pos_weight), 'number')}, the network gives {outputs}"
            hint = f"Write {plural(outputs, 'number')}."
            raise Reject("weights-not-classes", message, field="pos_weight", hint=hint)


class MeanSquaredError(Loss):
    """The mean squared difference of the outputs from 1 for the true class and 0 for the others.

    What `cnnspec predict` shows of a class is its output, cut to what lies from 0 to 1.
    """

    example = "mse"


LOSSES = Registry(
    Loss,
    "cnnspec.settings",
    {
        "cross_entropy": "losses:CrossEntropy",
        "bce": "losses:BinaryCrossEntropy",
        "mse": "losses:MeanSquaredError",
    },
)
