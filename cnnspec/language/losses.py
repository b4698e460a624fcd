"""What `train: {loss: …}` may say: torch.nn's losses, their arguments and defaults.

A new loss is its class and its line in the table below, and what it is in torch in `train/optim.py`.
"""

from pydantic import Field

from cnnspec.layers.fields import Arguments, Probability


class Loss(Arguments):
    """What training makes small."""


class CrossEntropy(Loss):
    """−log of the softmax at the true class, averaged over the batch; takes scores, not a softmax."""

    label_smoothing: Probability = Field(
        0.0,
        description="The share of the target that is spread evenly over all classes (Szegedy et al., 2016).",
    )


LOSSES: dict[str, type[Loss]] = {"cross_entropy": CrossEntropy}
