"""What `train: {optimizer: …}` may say: torch.optim's names, arguments and defaults.

A new optimizer is its class and its line in this table: what torch.optim has needs nothing else.
"""

from cnnspec.declare.registry import Registry
from cnnspec.settings.optimizers.base import Optimizer

__all__ = ["OPTIMIZERS", "Optimizer"]

OPTIMIZERS = Registry(
    Optimizer,
    "cnnspec.settings.optimizers",
    {
        "sgd": "sgd:SGD",
        # Adam and what was made of it
        "adam": "adam:Adam",
        "adamw": "adam:AdamW",
        "adamax": "adam:Adamax",
        "nadam": "adam:NAdam",
        "radam": "adam:RAdam",
        # Adagrad and what was made of it
        "adafactor": "adagrad:Adafactor",
        "adadelta": "adagrad:Adadelta",
        "adagrad": "adagrad:Adagrad",
        "rmsprop": "adagrad:RMSprop",
        # averages of weights, signs of gradients, whole matrices
        "asgd": "sgd:ASGD",
        "rprop": "rprop:Rprop",
        "muon": "muon:Muon",
    },
)
