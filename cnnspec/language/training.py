"""What `train:` may say."""

from typing import Annotated

from pydantic import Field

from cnnspec.language.choice import OneOf
from cnnspec.language.losses import LOSSES, CrossEntropy, Loss
from cnnspec.language.optimizers import OPTIMIZERS, AdamW, Optimizer, Share
from cnnspec.layers.fields import Arguments, Expect, Positive

Seed = Annotated[int, Field(ge=0, lt=2**63), Expect("a whole number from 0, and below 2⁶³")]
Device = Annotated[
    str,
    Field(pattern=r"^(auto|cpu|mps|cuda(:\d{1,3})?)$"),
    Expect("auto, cpu, cuda, cuda:0 (or another number) or mps"),
]


class Train(Arguments):
    """How the network is trained."""

    epochs: Positive = Field(10, description="How often every training image is seen.")
    batch_size: Positive = Field(
        64, description="Images a step; those left over at an epoch's end are a smaller step."
    )
    optimizer: Annotated[Optimizer, OneOf("optimizer", OPTIMIZERS)] = Field(
        default_factory=AdamW, description="How a step moves the weights."
    )
    loss: Annotated[Loss, OneOf("loss", LOSSES)] = Field(
        default_factory=CrossEntropy, description="What training makes small."
    )
    validation: Share = Field(
        0.1,
        description="The share of the training set, the same of each class, that is held out to choose the "
        "best epoch; 0 holds out none, and takes the last epoch.",
    )
    seed: Seed = Field(
        0, description="Decides the first weights, the order of the images, and all other chance."
    )
    device: Device = Field("auto", description="Where it runs; auto: the GPU, if there is one.")
