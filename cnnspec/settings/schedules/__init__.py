"""What `train: {schedule: …}` may say: how the learning rate changes while training goes on.

The names and defaults are those of torch.optim.lr_scheduler; lengths are in epochs, and lr may change with each step.
A new schedule is its class, its line in the table below, and its formula in `train/optim/schedule.py`.
"""

from cnnspec.settings.schedules.base import Schedule
from cnnspec.settings.schedules.falling import Constant, Cosine, Exponential, Plateau, Step
from cnnspec.settings.schedules.one_cycle import OneCycle

__all__ = ["SCHEDULES", "Constant", "Cosine", "Exponential", "OneCycle", "Plateau", "Schedule", "Step"]

SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "cosine": Cosine,
    "one_cycle": OneCycle,
    "step": Step,
    "exponential": Exponential,
    "plateau": Plateau,
}
