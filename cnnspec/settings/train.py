"""What `train:` may say."""

import math
from typing import Annotated, Literal

from pydantic import Field

from cnnspec.core.errors import Reject
from cnnspec.core.plural import plural
from cnnspec.declare.arguments import (
    Arguments,
    Expect,
    Flag,
    OneOf,
    OptionalNonNegative,
    OptionalPositive,
    Positive,
    PositiveNumber,
    Seed,
    Share,
)
from cnnspec.settings.augmentations import AUGMENTATIONS, Augmentation, check_order
from cnnspec.settings.losses import LOSSES, CrossEntropy, Loss
from cnnspec.settings.optimizers import OPTIMIZERS, Optimizer
from cnnspec.settings.schedules import SCHEDULES, Constant, Schedule

Device = Annotated[
    str,
    Field(pattern=r"^(auto|cpu|mps|cuda(:\d{1,3})?)$"),
    Expect("auto, cpu, cuda, cuda:0 (or another number) or mps"),
]
OptionalPositiveNumber = Annotated[PositiveNumber | None, Expect("a number above 0, or null")]
AverageDecay = Annotated[
    Annotated[float, Field(gt=0, lt=1)] | None, Expect("a number above 0 and below 1, or null")
]

_HALF = 0.5
"""A class's share rounds to 0 images below this."""
_ROUNDING_ERROR = 1e-6
"""Tolerance for rounding errors in products of floats, in images."""


def _adamw() -> Optimizer:
    return OPTIMIZERS["adamw"]()


class Train(Arguments):
    """How the network is trained."""

    example = "{epochs: 30, batch_size: 128, optimizer: {sgd: {lr: 0.1, momentum: 0.9}}, schedule: cosine, augment: [hflip]}"

    epochs: Positive = Field(10, description="How often every training image is seen.")
    batch_size: Positive = Field(
        64,
        description="Images a step; those left over at an epoch's end are a smaller step, a lone one joins the step before, and one "
        "that files which can't be read leave alone the next: batch norm can't be trained on a single image.",
    )
    optimizer: Annotated[Optimizer, OneOf("optimizer", OPTIMIZERS)] = Field(
        default_factory=_adamw, description="How a step moves the weights."
    )
    schedule: Annotated[Schedule, OneOf("schedule", SCHEDULES)] = Field(
        default_factory=Constant, description="How the learning rate changes while training goes on."
    )
    loss: Annotated[Loss, OneOf("loss", LOSSES)] = Field(
        default_factory=CrossEntropy, description="What training makes small."
    )
    augment: Annotated[tuple[Augmentation, ...], OneOf("augment", AUGMENTATIONS, many=True)] = Field(
        (),
        description="Changes of the images to train on, in their order, drawn anew for each image and epoch.",
    )
    validation: Share = Field(
        0.1,
        description="The share of the training set, the same of each class, that is held out to choose the "
        "best epoch; 0 holds out none, and takes the last epoch. A data set's own images to validate with take its place.",
    )
    clip_grad_norm: OptionalPositiveNumber = Field(
        None,
        description="The most that the norm of all gradients together may be; longer ones are scaled down "
        "to it before the update (Pascanu, Mikolov & Bengio, 2013).",
    )
    clip_grad_value: OptionalPositiveNumber = Field(
        None, description="The most that one number of a gradient may be, in either direction."
    )
    accumulate: Positive = Field(
        1,
        description="Batches whose gradients are averaged for one update, as one batch of all their images "
        "would give it (batch norm still sees a batch at a time).",
    )
    ema: AverageDecay = Field(
        None,
        description="Decay of the exponential moving average of the weights, such as 0.999: after each update "
        "average = ema·average + (1 − ema)·weights, with a smaller ema in the first updates. The average is what is validated, tested and kept.",
    )
    early_stopping: OptionalPositive = Field(
        None, description="Epochs without a better validation after which training stops."
    )
    precision: Literal["fp32", "bf16", "fp16", "auto"] = Field(
        "fp32",
        description="The numbers that convolutions and matrix products work in; weights stay fp32. On NVIDIA GPUs that "
        "have it, fp32's convolutions take TF32, with 10 bits of the fraction, as torch has it. auto: bf16 where the "
        "hardware computes in it, else fp32.",
    )
    memory_format: Literal["auto", "contiguous", "channels_last"] = Field(
        "auto",
        description="How images and weights lie in memory. auto: channels_last for 2-d convolutions where "
        "that is faster.",
    )
    compile: Flag = Field(
        False,
        description="Whether torch.compile turns the network into kernels of its own; needs a C++ compiler.",
    )
    deterministic: Flag = Field(
        False,
        description="Whether an operation that does not give the same bits each time is an error. On a CPU the "
        "same seed and number of threads give the same bits anyway; on a GPU the same seed gives the same weights, bit "
        "for bit, where this is true.",
    )
    limit_steps: OptionalPositive = Field(
        None,
        description="Updates after which training ends, also within an epoch: to try a spec out. The schedule "
        "takes them for the whole training.",
    )
    overfit_batches: OptionalPositive = Field(
        None,
        description="Train and validate on this many batches alone, the same ones each epoch and not "
        "augmented: a network that can't learn them by heart has a mistake in it.",
    )
    cache: Literal["auto", "device", "ram", "none"] = Field(
        "auto",
        description="Where the decoded images are kept: with the network (device), in memory (ram), or nowhere: "
        "files are decoded as they are needed. auto: the first of them that has four times the room; asked for by name, "
        "a place may be filled to three quarters.",
    )
    workers: OptionalNonNegative = Field(
        None,
        description="Threads that decode image files; 0: none beside the training's own; null: one for each core that may be used.",
    )
    seed: Seed = Field(
        0, description="Decides the first weights, the order of the images, and all other chance."
    )
    device: Device = Field("auto", description="Where it runs; auto: the GPU, if there is one.")

    def require_images(self, images: int, classes: int = 1) -> None:
        """Raise Reject where so many images are surely too few for a batch, or for as many batches as are asked for.

        A share of each class is held out before; how it rounds is not known, so that only what is sure is refused.
        """
        self._require_share(images)
        rounding = classes / 2 if self.validation else 0  # of each class by half an image at the most
        most, least = (self._left_to_fit(images, by) for by in (rounding, -rounding))
        about = "at most " if most < images else ""
        if self.batch_size > most:
            message = (
                f"batch_size: {self.batch_size:,} is more than the {about}{plural(most, 'image')} to train on"
            )
            hint = f"Write {2 ** (least.bit_length() - 1)} or less."
            raise Reject("too-few-images", message, field="batch_size", hint=hint)
        batches = math.ceil(most / self.batch_size)
        for field in ("accumulate", "overfit_batches"):
            wanted = getattr(self, field) or 0
            if wanted > batches:
                message = (
                    f"{field}: {wanted:,} is more than the {about}{plural(batches, 'batch')} of an epoch"
                )
                hint = f"Write {max(1, least // self.batch_size)} or less."
                raise Reject("too-few-images", message, field=field, hint=hint)

    def _left_to_fit(self, images: int, rounding: float) -> int:
        """How many images are left to train on, where rounding the shares of all classes adds so many."""
        return min(images, max(1, math.floor((1 - self.validation) * images + rounding + _ROUNDING_ERROR)))

    def _require_share(self, images: int) -> None:
        """Raise Reject where the share that is held out is surely none of the images or, rounded, all of them."""
        for share, part in ((self.validation, "none"), (1 - self.validation, "all")):
            if self.validation and share * images < _HALF - _ROUNDING_ERROR:
                message = f"validation: {self.validation:g} is {part} of {plural(images, 'image')}"
                hint = "Write a share such as 0.1, or 0 to hold out none." if part == "all" else "Write 0."
                raise Reject("too-few-images", message, field="validation", hint=hint)

    def require_watched(self, *, others: bool) -> None:
        """Raise Reject where early stopping has no validation to watch; `others`: the data holds one of its own."""
        if self.early_stopping is not None and not (self.validation or self.overfit_batches or others):
            message = "early_stopping watches the validation, and no image is held out for it"
            hint = "Write validation: 0.1, say, or leave early_stopping out."
            raise Reject("nothing-to-watch", message, field="early_stopping", hint=hint)

    def consistent(self) -> None:
        """Raise Reject for arguments that ask for nothing, or against each other."""
        self.schedule.require_epochs(self.epochs)
        if self.precision == "fp16" and self.device == "cpu":
            message, hint = "precision: fp16 is for GPUs, the device is the CPU", "Write auto, bf16 or fp32."
            raise Reject("fp16-on-cpu", message, field="precision", hint=hint)
        check_order(self.augment)
