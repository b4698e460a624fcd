"""What is true of a data set before a file of it is opened: a network is checked against it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, NamedTuple

from pydantic import Field

from cnnspec.declare.arguments import Arguments, Expect, Flag

Text = Annotated[str, Field(min_length=1)]
Folder = Annotated[Text, Expect("the path of a folder")]
OptionalFolder = Annotated[Text | None, Expect("the path of a folder, or null")]
File = Annotated[Text, Expect("the path of a file")]


class Facts(NamedTuple):
    """What is known of a data set; None is what only its files can tell."""

    shape: tuple[int, ...] | None
    """Channels, height, width."""
    classes: int | None
    class_names: tuple[str, ...]
    """What the labels 0, 1, … stand for; none where the classes are unknown."""
    train_images: int | None
    test_images: int | None


class Data(Arguments):
    """A data set of labelled images."""

    reader: ClassVar[str]
    """The module of `cnnspec.data.formats` that reads it."""
    channels: ClassVar[Mapping[int, str]] = {}
    """The channels that an image can be read with, and what they are; none where there is no choice."""
    in_files: ClassVar[bool] = False
    """Whether each image is a file, which can be decoded when it is needed."""
    may_validate: ClassVar[bool] = False
    """Whether there may be images to validate with beside those to train and to test with."""

    def facts(self, input_shape: tuple[int, ...] | None) -> Facts:
        """What is known without opening it. `input_shape` is the network's, which some sets give images of."""
        raise NotImplementedError


class Published(Data):
    """A data set that is the same for everyone."""

    known: ClassVar[Mapping[str, Facts]]
    """The facts by `variant`; of a set that has but one, under an empty name."""

    @property
    def variant(self) -> str:
        """Which of the known ones is meant."""
        return ""

    def facts(self, input_shape: tuple[int, ...] | None) -> Facts:
        """Those of the variant, whatever the network takes."""
        del input_shape
        return self.known[self.variant]


class Fetched(Published):
    """A data set that torchvision can fetch."""

    torchvision: ClassVar[str]
    """torchvision's class, which for some is also the folder that it makes under its root."""

    root: OptionalFolder = Field(
        None,
        description="The folder of the files, or the one that torchvision keeps theirs under. "
        "Null: `data`, then where the system's package puts them, if there is one.",
    )
    download: Flag = Field(
        False, description="Whether torchvision fetches the files when they are not there."
    )


def published(
    shape: tuple[int, ...], class_names: tuple[str, ...], train_images: int, test_images: int
) -> Facts:
    """Facts of which all is known."""
    return Facts(shape, len(class_names), class_names, train_images, test_images)
