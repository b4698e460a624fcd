"""What `data:` may say, and what is true of a data set before a file is opened: a network is checked
against it before torch is imported.

A new data set is its class and its line in the table below, and its reader in `train/data`.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from cnnspec.layers.fields import Arguments, Expect, Flag

Text = Annotated[str, Field(min_length=1), Expect("a text that is not empty")]
Folder = Annotated[Text | None, Expect("the path of a folder, or left out")]


class Data(Arguments):
    """A data set of labelled images, and what is true of it without opening it."""

    shape: ClassVar[tuple[int, ...]]
    """Channels, height, width."""
    class_names: ClassVar[tuple[str, ...]]
    """What the labels 0, 1, … stand for."""
    classes: ClassVar[int]
    train_images: ClassVar[int]
    test_images: ClassVar[int]


class Digits(Data):
    """1,797 handwritten digits of 8×8, shipped with cnnspec (UCI's optical recognition set)."""

    shape: ClassVar[tuple[int, ...]] = (1, 8, 8)
    class_names: ClassVar[tuple[str, ...]] = tuple("0123456789")
    classes: ClassVar[int] = 10
    train_images: ClassVar[int] = 1442
    test_images: ClassVar[int] = 355


class IdxFiles(Data):
    """Four IDX files in a folder: images and labels, to train and to test with."""

    shape: ClassVar[tuple[int, ...]] = (1, 28, 28)
    classes: ClassVar[int] = 10
    train_images: ClassVar[int] = 60_000
    test_images: ClassVar[int] = 10_000

    root: Folder = Field(
        None,
        description="The folder of the four IDX files, gzipped or not, or the one that torchvision keeps "
        "them under. Left out: `data`, then where the system's package puts them.",
    )
    download: Flag = Field(
        False, description="Whether torchvision fetches the files when they are not there."
    )


class Mnist(IdxFiles):
    """70,000 handwritten digits of 28×28 (LeCun, Cortes & Burges)."""

    class_names: ClassVar[tuple[str, ...]] = tuple("0123456789")


class FashionMnist(IdxFiles):
    """70,000 pictures of clothes of 28×28, in MNIST's format (Xiao, Rasul & Vollgraf, 2017)."""

    class_names: ClassVar[tuple[str, ...]] = (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    )  # fmt: skip


DATA: dict[str, type[Data]] = {"digits": Digits, "mnist": Mnist, "fashion_mnist": FashionMnist}
