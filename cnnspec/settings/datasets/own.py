"""Data of one's own: pictures in folders or listed in a table, arrays, and random images to try a spec with."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from cnnspec.declare.arguments import Expect, Positive, Seed
from cnnspec.settings.datasets.base import Data, Facts, File, Folder, OptionalFolder

Part = Annotated[float, Field(gt=0, lt=1), Expect("a number above 0 and below 1")]
Size = Annotated[
    Annotated[tuple[Positive, Positive], Strict(strict=False)] | None,
    Expect("a list of two whole numbers of at least 1: height and width; or null"),
]
ImageShape = Annotated[
    Annotated[tuple[Positive, Positive, Positive], Strict(strict=False)] | None,
    Expect("a list of three whole numbers of at least 1: channels, height and width; or null"),
]


class Own(Data):
    """Images of which only their files tell how many there are, and of which classes."""

    may_validate = True

    test: Part = Field(
        0.2,
        description="The share of each class that is kept for the test, where the data itself does not say "
        "which images are.",
    )
    seed: Seed = Field(0, description="Decides which images that share is.")

    def facts(self, input_shape: tuple[int, ...] | None) -> Facts:
        """Nothing but the images' shape, where it is known."""
        return Facts(self.shape(input_shape), None, (), None, None)

    def shape(self, input_shape: tuple[int, ...] | None) -> tuple[int, ...] | None:
        """Channels, height and width of an image, or None."""
        raise NotImplementedError


class Pictures(Own):
    """Image files of any size, decoded by Pillow to the channels that the network takes: 1 (grey), 3 or 4 (RGBA)."""

    channels = {1: "grey", 3: "RGB", 4: "RGBA"}
    in_files = True

    size: Size = Field(
        None, description="Height and width that an image is brought to; null: the network's input's."
    )
    resize: Annotated[Literal["crop", "stretch", "pad"], Expect("crop, stretch or pad")] = Field(
        "crop",
        description="How an image of other proportions is made to fit. crop: scaled until it covers the size, "
        "then its centre is cut out; stretch: distorted; pad: scaled until it fits into the size, with black bars.",
    )
    on_bad: Annotated[Literal["error", "skip"], Expect("error or skip")] = Field(
        "error",
        description="What happens to an image that can't be read: skip leaves it out, and tells which; a step that loses "
        "all its images moves nothing.",
    )

    def shape(self, input_shape: tuple[int, ...] | None) -> tuple[int, ...] | None:
        """The network's channels where an image can have as many, at the size that is asked for."""
        rows_and_columns = 3
        if input_shape is None or len(input_shape) != rows_and_columns:
            return None if self.size is None else (3, *self.size)
        channels, *size = input_shape
        return (channels if channels in self.channels else 3, *(self.size or size))


class ImageFolder(Pictures):
    """A folder of image files, in a folder for each class: `train/CLASS/…`, `val/CLASS/…` and `test/CLASS/…`,
    or `CLASS/…`, of which a share of each class is for the test.

    `val` may be called `valid` or `validation`; where there is no `test`, it is the test. Other files and
    hidden ones are not looked at.

    Files are decoded with the channels of the network's input: 1 (grey), 3 (RGB) or 4 (RGBA).

    EXIF's orientation is obeyed; of an animation the first picture is taken. Grey of more than 8 bits is brought to
    them: whole numbers are taken for 16 bits, floats for 0 to 1, or where a file has a larger one for 0 to 255.
    """

    reader = "image_folder"
    example = "{image_folder: {root: photos, size: [64, 64]}}"
    main = "root"

    root: Folder = Field(description="The folder.")


class Csv(Pictures):
    """A table of image files: columns `path` and `label`, and if need be `split`: `train`, `val` or `test`.

    Its first line names the columns, between commas, semicolons or tabs. A label is a class's name or its number.
    An image is listed once, and read as image_folder reads it. Other columns are not looked at.
    """

    reader = "csv"
    example = "{csv: {file: photos/labels.csv, test: 0.1}}"
    main = "file"

    file: File = Field(description="The table, in UTF-8.")
    root: OptionalFolder = Field(
        None, description="The folder that paths in the table start from; null: the table's own."
    )


class Npz(Own):
    """Arrays in NumPy's file: `x_train`, `y_train`, `x_test`, `y_test`, and if need be `x_val`, `y_val`,
    or `images` and `labels`, of which a share of each class is for the test.

    Images are unsigned bytes of N×H×W, N×H×W×C or N×C×H×W, labels whole numbers from 0.
    """

    reader = "npz"
    example = "{npz: {file: images.npz, seed: 1}}"
    main = "file"

    file: File = Field(description="The file.")

    def shape(self, input_shape: tuple[int, ...] | None) -> None:
        """Only the file can tell."""


class Fake(Data):
    """Random images with labels that have nothing to do with them: to try a spec without data."""

    reader = "fake"
    example = "{fake: {classes: 10, train_images: 500}}"

    shape: ImageShape = Field(
        None, description="Channels, height and width of the images; null: the network's input's."
    )
    classes: Annotated[int, Field(ge=2, le=100_000), Expect("a whole number from 2 to 100000")] = Field(
        10, description="How many classes there are; each has as many images, or one less."
    )
    train_images: Positive = Field(1000, description="How many images there are to train with.")
    test_images: Positive = Field(200, description="How many images there are to test with.")
    seed: Seed = Field(0, description="Decides the images.")

    def facts(self, input_shape: tuple[int, ...] | None) -> Facts:
        """As the arguments say."""
        names = tuple(map(str, range(self.classes)))
        return Facts(self.shape or input_shape, self.classes, names, self.train_images, self.test_images)
