"""What `data:` may say. A new data set is its class, its line in this registry, and the reader that the class names."""

from cnnspec.declare.registry import Registry
from cnnspec.settings.datasets.base import Data

__all__ = ["DATA", "Data", "name_of"]

DATA = Registry(
    Data,
    "cnnspec.settings.datasets",
    {
        # shipped
        "digits": "published:Digits",
        # published
        "mnist": "published:Mnist",
        "fashion_mnist": "published:FashionMnist",
        "kmnist": "published:Kmnist",
        "emnist": "published:Emnist",
        "cifar10": "published:Cifar10",
        "cifar100": "published:Cifar100",
        "svhn": "published:Svhn",
        # one's own
        "image_folder": "own:ImageFolder",
        "csv": "own:Csv",
        "npz": "own:Npz",
        # random
        "fake": "own:Fake",
    },
)


def name_of(data: Data) -> str:
    """What the data set is called in a spec."""
    return DATA.name_of(type(data))
