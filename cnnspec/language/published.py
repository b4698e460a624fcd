"""The published data sets of grey images, and what is true of them."""

from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cnnspec.language.data_facts import Facts, Fetched, Published, published
from cnnspec.layers.fields import Expect

_GREY_28 = (1, 28, 28)
_TEN = tuple(digits)


class Digits(Published):
    """1,797 handwritten digits of 8×8, shipped with cnnspec (UCI's optical recognition set)."""

    known: ClassVar[Mapping[str, Facts]] = {"": published((1, 8, 8), _TEN, 1442, 355)}


class IdxFiles(Fetched):
    """Four IDX files in a folder, gzipped or not: images and labels, to train and to test with."""


class Mnist(IdxFiles):
    """70,000 handwritten digits of 28×28 (LeCun, Cortes & Burges)."""

    known: ClassVar[Mapping[str, Facts]] = {"": published(_GREY_28, _TEN, 60_000, 10_000)}


class FashionMnist(IdxFiles):
    """70,000 pictures of clothes of 28×28, in MNIST's format (Xiao, Rasul & Vollgraf, 2017)."""

    known: ClassVar[Mapping[str, Facts]] = {
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

    known: ClassVar[Mapping[str, Facts]] = {
        "": published(_GREY_28, ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"), 60_000, 10_000)
    }


_BY_CLASS = (*digits, *ascii_uppercase, *ascii_lowercase)
_MERGED = (*digits, *ascii_uppercase, *"abdefghnqrt")


class Emnist(IdxFiles):
    """Handwritten digits and letters of 28×28, divided into classes in six ways (Cohen et al., 2017)."""

    known: ClassVar[Mapping[str, Facts]] = {
        "byclass": published(_GREY_28, _BY_CLASS, 697_932, 116_323),
        "bymerge": published(_GREY_28, _MERGED, 697_932, 116_323),
        "balanced": published(_GREY_28, _MERGED, 112_800, 18_800),
        "letters": published(_GREY_28, tuple(ascii_lowercase), 124_800, 20_800),
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
