"""The published data sets, and what is known of them."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cnnspec.declare.arguments import Expect
from cnnspec.settings.datasets.base import Fetched, Published, published

_GREY_28 = (1, 28, 28)
_TEN = tuple("0123456789")
_SMALL_LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
_CAPITAL_LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Digits(Published):
    """1,797 handwritten digits of 8×8, shipped with cnnspec (UCI's optical recognition set)."""

    reader = "digits"
    example = "digits"
    known = {"": published((1, 8, 8), _TEN, 1442, 355)}


class IdxFiles(Fetched):
    """Four IDX files in a folder, gzipped or not: images and labels, to train and to test with."""

    reader = "mnist"
    system_folder: ClassVar[str | None] = None
    """Where a system's package puts the files."""


class Mnist(IdxFiles):
    """70,000 handwritten digits of 28×28 (LeCun, Cortes & Burges)."""

    torchvision = "MNIST"
    example = "{mnist: {root: files, download: true}}"
    known = {"": published(_GREY_28, _TEN, 60_000, 10_000)}


class FashionMnist(IdxFiles):
    """70,000 pictures of clothes of 28×28, in MNIST's format (Xiao, Rasul & Vollgraf, 2017)."""

    torchvision = "FashionMNIST"
    system_folder = "/usr/share/datasets/fashion-mnist"  # Debian's
    example = "{fashion_mnist: {download: true}}"
    known = {
        "": published(
            _GREY_28,
            (
                "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
            ),
            60_000,
            10_000,
        )
    }  # fmt: skip


class Kmnist(IdxFiles):
    """70,000 cursive Japanese characters of 28×28, in MNIST's format (Clanuwat et al., 2018)."""

    torchvision = "KMNIST"
    example = "{kmnist: {download: true}}"
    known = {
        "": published(_GREY_28, ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"), 60_000, 10_000)
    }


_BY_CLASS = (*_TEN, *_CAPITAL_LETTERS, *_SMALL_LETTERS)
_MERGED = (*_TEN, *_CAPITAL_LETTERS, *"abdefghnqrt")


class Emnist(Fetched):
    """Handwritten digits and letters of 28×28, divided into classes in six ways (Cohen et al., 2017)."""

    reader = "emnist"
    torchvision = "EMNIST"
    example = "{emnist: {split: letters, download: true}}"
    known = {
        "byclass": published(_GREY_28, _BY_CLASS, 697_932, 116_323),
        "bymerge": published(_GREY_28, _MERGED, 697_932, 116_323),
        "balanced": published(_GREY_28, _MERGED, 112_800, 18_800),
        "letters": published(_GREY_28, _SMALL_LETTERS, 124_800, 20_800),
        "digits": published(_GREY_28, _TEN, 240_000, 40_000),
        "mnist": published(_GREY_28, _TEN, 60_000, 10_000),
    }

    split: Annotated[
        Literal["byclass", "bymerge", "balanced", "letters", "digits", "mnist"],
        Expect("byclass, bymerge, balanced, letters, digits or mnist"),
    ] = Field(
        "balanced",
        description="What the classes are. byclass: digits, capital and small letters; bymerge: small letters "
        "that look like capitals count as capitals; balanced: of these, as many of each; letters: the alphabet; "
        "digits; mnist: as many digits as MNIST has.",
    )

    @property
    def variant(self) -> str:
        """The split."""
        return self.split


_RGB_32 = (3, 32, 32)


class Cifar(Fetched):
    """Photographs of 32×32 in colour: the binary version of the files, or the one for Python."""

    reader = "cifar"


class Cifar10(Cifar):
    """60,000 photographs of 32×32 in ten classes (Krizhevsky, 2009)."""

    torchvision = "CIFAR10"
    example = "{cifar10: {download: true}}"
    known = {
        "": published(
            _RGB_32,
            ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
            50_000,
            10_000,
        )
    }


_FINE = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish
forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle
mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine
possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale
willow_tree wolf woman worm
"""


class Cifar100(Cifar):
    """60,000 photographs of 32×32 in a hundred classes, the fine ones (Krizhevsky, 2009)."""

    torchvision = "CIFAR100"
    example = "{cifar100: {download: true}}"
    known = {"": published(_RGB_32, tuple(_FINE.split()), 50_000, 10_000)}


class Svhn(Fetched):
    """99,289 house numbers' digits of 32×32 in colour, as seen from the street (Netzer et al., 2011)."""

    reader = "svhn"
    torchvision = "SVHN"
    example = "{svhn: {download: true}}"
    known = {"": published(_RGB_32, _TEN, 73_257, 26_032)}
