"""The published data sets of coloured images, and what is true of them."""

from collections.abc import Mapping
from string import digits
from typing import ClassVar

from cnnspec.language.data_facts import Facts, Fetched, published

_RGB_32 = (3, 32, 32)


class Cifar(Fetched):
    """Photographs of 32×32 in colour: the binary version of the files, or the one for Python."""


class Cifar10(Cifar):
    """60,000 photographs of 32×32 in ten classes (Krizhevsky, 2009)."""

    known: ClassVar[Mapping[str, Facts]] = {
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

    known: ClassVar[Mapping[str, Facts]] = {"": published(_RGB_32, tuple(_FINE.split()), 50_000, 10_000)}


class Svhn(Fetched):
    """99,289 house numbers' digits of 32×32 in colour, as seen from the street (Netzer et al., 2011)."""

    known: ClassVar[Mapping[str, Facts]] = {"": published(_RGB_32, tuple(digits), 73_257, 26_032)}
