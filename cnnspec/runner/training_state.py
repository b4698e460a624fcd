"""What a training has and changes: network, data, loss, the update of the weights, and how many steps are made."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnnspec.data.training_data import TrainingData
from cnnspec.runner.forward_pass import Network
from cnnspec.runner.losses import Criterion
from cnnspec.runner.nonfinite import LayerLines
from cnnspec.runner.step_counts import StepCounts
from cnnspec.runner.update import Update
from cnnspec.settings.train import Train


@dataclass(slots=True)
class TrainingState:
    """What the epochs of a training share. Raises UserError where there is nothing to train."""

    network: Network
    data: TrainingData
    criterion: Criterion
    config: Train
    lines: LayerLines = field(default_factory=dict)
    """For errors: of each layer's path, what it is and where it is written."""
    step: int = 0
    """How many steps are made."""
    steps: StepCounts = field(init=False)
    update: Update = field(init=False)

    def __post_init__(self) -> None:
        self.steps = StepCounts.of(len(self.data.fit_F), self.config)
        self.update = Update(self.network, self.config, self.steps)
