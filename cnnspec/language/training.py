"""What `data:` and `train:` may say. Facts about the data sets stand here, so that a network is
checked against them before torch is imported, and before a file is opened.

`data`, `optimizer` and `loss` are written like items: `digits`, or `{mnist: {root: data}}`. A new
data set, optimizer or loss is its class and its line in the table below it, and what it is in torch in
`train/data` or `train/optim.py`.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, NamedTuple

from pydantic import Field, Strict
from pydantic.fields import FieldInfo

from cnnspec.core.reject import Reject
from cnnspec.layers.fields import (
    Arguments,
    Expect,
    Flag,
    NonNegativeNumber,
    Number,
    Positive,
    Probability,
)


class OneOf(NamedTuple):
    """A field that is written like an item: the name of a class in `table`, or {name: arguments}."""

    what: str
    table: Mapping[str, type[Arguments]]


def one_of(field: FieldInfo) -> OneOf | None:
    """The alternatives of a field, where it is written like an item."""
    return next((part for part in field.metadata if isinstance(part, OneOf)), None)


Text = Annotated[str, Field(min_length=1), Expect("a text that is not empty")]
Folder = Annotated[Text | None, Expect("the path of a folder, or left out")]
Choice = Annotated[bool | None, Expect("true or false, or left out: torch decides")]
Share = Annotated[float, Field(ge=0, lt=1), Expect("a number from 0, and below 1")]
Betas = Annotated[
    tuple[Share, Share],
    Strict(strict=False),
    Expect("a list of two numbers from 0, and below 1"),
]
Seed = Annotated[int, Field(ge=0, lt=2**63), Expect("a whole number from 0, and below 2⁶³")]
Device = Annotated[
    str,
    Field(pattern=r"^(auto|cpu|mps|cuda(:\d{1,3})?)$"),
    Expect("auto, cpu, cuda, cuda:0 (or another number) or mps"),
]


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


class Optimizer(Arguments):
    """How a step moves the weights: torch.optim's names and defaults.

    `differentiable` and `capturable` are not here: the step is never differentiated through, nor
    captured in a CUDA graph.
    """

    lr: NonNegativeNumber = Field(0.001, description="Learning rate: how far a step goes.")
    weight_decay: NonNegativeNumber = Field(0, description="How strongly weights are pulled towards 0.")
    maximize: Flag = Field(False, description="Whether the loss is made large instead of small.")
    foreach: Choice = Field(
        None, description="Whether torch steps all tensors in one call, or decides itself."
    )
    fused: Choice = Field(None, description="Whether torch takes its fused kernel, or decides itself.")

    def consistent(self) -> None:
        """Raise Reject when both of torch's exclusive implementations are asked for."""
        if self.fused and self.foreach:
            message = "fused and foreach can't both be true"
            raise Reject("fused-with-foreach", message, field="fused", hint="Leave one of them out.")


class Sgd(Optimizer):
    """Stochastic gradient descent, with momentum if you like."""

    momentum: NonNegativeNumber = Field(
        0, description="The share of the last step that goes on into this one."
    )
    dampening: Number = Field(0, description="The share of the gradient that does not enter the momentum.")
    nesterov: Flag = Field(False, description="Whether the gradient is taken where the momentum leads.")

    def consistent(self) -> None:
        """Raise Reject when Nesterov's momentum has no momentum to work on, or a dampened one."""
        super().consistent()
        if self.nesterov and self.momentum == 0:
            message, hint = "nesterov needs a momentum, which is 0", "Write momentum: 0.9, say, beside it."
            raise Reject("nesterov-without-momentum", message, field="nesterov", hint=hint)
        if self.nesterov and self.dampening != 0:
            message = f"nesterov needs a dampening of 0, it is {self.dampening:g}"
            raise Reject("nesterov-with-dampening", message, field="dampening", hint="Leave dampening out.")


class Adaptive(Optimizer):
    """What Adam and AdamW share: running means of the gradient and of its square."""

    betas: Betas = Field(
        (0.9, 0.999), description="How slowly the means of the gradient and its square change."
    )
    eps: NonNegativeNumber = Field(1e-8, description="Added to the divisor, so that it is not 0.")
    amsgrad: Flag = Field(
        False, description="Whether the largest mean square so far divides (Reddi et al., 2018)."
    )


class Adam(Adaptive):
    """Steps scaled by the means of the gradient and its square (Kingma & Ba, 2015)."""

    decoupled_weight_decay: Flag = Field(False, description="Whether weights decay as adamw has it.")


class AdamW(Adaptive):
    """Adam whose weight decay does not pass through the means (Loshchilov & Hutter, 2019)."""

    weight_decay: NonNegativeNumber = Field(
        0.01, description="The share of a weight, times lr, lost each step."
    )


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": Sgd, "adam": Adam, "adamw": AdamW}


class Loss(Arguments):
    """What training makes small."""


class CrossEntropy(Loss):
    """−log of the softmax at the true class, averaged over the batch; takes scores, not a softmax."""

    label_smoothing: Probability = Field(
        0.0,
        description="The share of the target that is spread evenly over all classes (Szegedy et al., 2016).",
    )


LOSSES: dict[str, type[Loss]] = {"cross_entropy": CrossEntropy}


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
