"""Many weights, few images, and the same ones in each epoch.

## no-augmentation-on-small-data

Few images for so many weights, and none changed (warning)

The network learns the images by heart. Without moved and mirrored ones a DenseNet's error on CIFAR-10 is 5.8 instead of
3.7 % (Huang et al., 2017, table 2). Told from 100 weights an image and 10 epochs on, up to 50,000 images.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [flatten, linear: 2000, relu, linear: 10]
data: digits
train: {epochs: 20}
```

Write augmentations that leave the class as it is: hflip does not for digits, random_crop does.

```yaml
cnnspec: 1
input: [1, 8, 8]
layers: [flatten, linear: 2000, relu, linear: 10]
data: digits
train: {epochs: 20, augment: [random_crop: 1]}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.compiler.checks.context import DataContext
from cnnspec.compiler.checks.interface import Finding, check, warning
from cnnspec.settings.datasets import name_of

_FEW_IMAGES = 50_000
_MANY_WEIGHTS = 100
_LONG = 10
_MADE_UP = "fake"
"""Its labels have nothing to do with its images."""


@check("shapes", "train", "no errors")
def no_augmentation_on_small_data(context: DataContext) -> Iterator[Finding]:
    """Compare the number of weights with that of the images, where both are known."""
    train, images, weights = context.train, context.facts.train_images, context.plan.params
    if images is None or images > _FEW_IMAGES or weights < _MANY_WEIGHTS * images:
        return
    short = train.epochs < _LONG or train.overfit_batches is not None or train.limit_steps is not None
    if not short and name_of(context.data) != _MADE_UP and not any(each.draws for each in train.augment):
        message = (
            f"{weights:,} parameters for the {images:,} images of {name_of(context.data)}, which are the same in "
            f"each of {train.epochs} epochs"
        )
        hint = "Write `augment: [{random_crop: 2}]`, say, in train."
        yield warning("no-augmentation-on-small-data", message, "train.augment", hint)
