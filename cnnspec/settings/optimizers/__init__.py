"""What `train: {optimizer: …}` may say: torch.optim's names, arguments and defaults.

A new optimizer is its class, its line in this table, and what it is in torch in `train/optim`.
"""

from cnnspec.declare.registry import Registry
from cnnspec.settings.optimizers.base import Optimizer

__all__ = ["OPTIMIZERS", "Optimizer"]

OPTIMIZERS = Registry(
    Optimizer,
    "cnnspec.settings.optimizers",
    {
        "sgd": "sgd:Sgd",
        # Adam and what was made of it
        "adam": "adam:Adam",
        "adamw": "adam:AdamW",
        "adamax": "adam:Adamax",
        "nadam": "adam:NAdam",
        "radam": "adam:RAdam",
        # other steps that are scaled weight by weight
        "adafactor": "scaled:Adafactor",
        "adadelta": "scaled:Adadelta",
        "adagrad": "scaled:Adagrad",
        "rmsprop": "scaled:RMSprop",
        # others
        "asgd": "others:Asgd",
        "rprop": "others:Rprop",
        "muon": "others:Muon",
    },
)
