"""What `data:` may say. A new data set is its class, its line in this table, and its reader in `train/data`."""

from cnnspec.language.data_facts import Data
from cnnspec.language.table import Table

__all__ = ["DATA", "Data", "name_of"]

DATA = Table(
    Data,
    "cnnspec.language",
    {
        # shipped
        "digits": "published:Digits",
        # published
        "mnist": "published:Mnist",
        "fashion_mnist": "published:FashionMnist",
        "kmnist": "published:Kmnist",
        "emnist": "published:Emnist",
        "cifar10": "published_colour:Cifar10",
        "cifar100": "published_colour:Cifar100",
        "svhn": "published_colour:Svhn",
        # one's own
        "image_folder": "own_data:ImageFolder",
        "csv": "own_data:Csv",
        "npz": "own_data:Npz",
        # random
        "fake": "own_data:Fake",
    },
)


def name_of(data: Data) -> str:
    """What the data set is called in a spec."""
    return DATA.name_of(type(data))
