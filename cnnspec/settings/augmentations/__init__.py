"""What `train: {augment: […]}` may say: changes of images that leave their class, or mix it.

A new augmentation is its class, its line in this registry, and what it does: a class of the same name in the module of
the same name in `cnnspec.data.augmentation`.
"""

from collections.abc import Sequence

from cnnspec.core.errors import Reject
from cnnspec.declare.registry import Registry
from cnnspec.settings.augmentations.base import Augmentation

__all__ = ["AUGMENTATIONS", "Augmentation", "check_order"]

AUGMENTATIONS = Registry(
    Augmentation,
    "cnnspec.settings.augmentations",
    {
        # where pixels are
        "random_crop": "geometry:RandomCrop",
        "hflip": "geometry:HFlip",
        "vflip": "geometry:VFlip",
        "rotate": "geometry:Rotate",
        # what they are
        "colour": "pixel_values:Colour",
        "cutout": "pixel_values:Cutout",
        "normalise": "pixel_values:Normalise",
        # two images in one
        "mixup": "mixing:Mixup",
        "cutmix": "mixing:CutMix",
    },
)


def check_order(augmentations: Sequence[Augmentation]) -> None:
    """Raise Reject where one stands after what it must not follow."""
    earlier: list[str] = []
    for augmentation in augmentations:
        name = AUGMENTATIONS.name_of(type(augmentation))
        for other in earlier:
            if other in augmentation.never_after:
                message = f"{name} stands after {other}" if name != other else f"{name} is there twice"
                hint = f"Write {name} before {other}." if name != other else "Keep one of them."
                raise Reject("augment-order", message, field="augment", hint=hint)
        earlier.append(name)
