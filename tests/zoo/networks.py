"""The networks of torchvision that `specs/` spells, and how the two are compared."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models
from torchvision.models import regnet

import cnnspec
from cnnspec.compiler.check import Result
from cnnspec.compiler.plan import Plan

_NO_CLASSIFIER = ("vit_", "swin_", "maxvit", "quantized_", "raft_")
"""torchvision's classifiers that are transformers, not convolutional networks."""

CLASSIFIERS = tuple(name for name in models.list_models(module=models) if not name.startswith(_NO_CLASSIFIER))
SEGMENTATION = tuple(models.list_models(module=models.segmentation))


LARGEST = 299
"""Images larger than this tell no more of a network, and take long."""
Made = Callable[[], nn.Module]


class Entry(NamedTuple):
    """A spec that ships, the settings it is taken with, and torchvision's network."""

    spec: str
    settings: Mapping[str, object] = {}
    arguments: Mapping[str, object] = {}

    def __str__(self) -> str:
        return "-".join([self.spec, *(f"{name}={value}" for name, value in self.settings.items())])

    def result(self) -> Result:
        """The checked spec."""
        return cnnspec.check(self.spec, self.settings)

    def theirs(self) -> nn.Module:
        """torchvision's own, as its constructor builds it by default."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The default weight initialization")
            return models.get_model(self.spec, weights=None, **self.arguments)

    def theirs_on_meta(self) -> nn.Module:
        """torchvision's own without memory for its weights."""
        with torch.device("meta"), _regnet_counts_with_numbers():
            return self.theirs()


@contextmanager
def _regnet_counts_with_numbers() -> Iterator[None]:
    """RegNet's constructor computes its widths with tensors, which need memory to be read."""
    original = regnet.BlockParams.from_init_params

    def with_memory(*args: object, **kwargs: object) -> regnet.BlockParams:
        with torch.device("cpu"):
            return original(*args, **kwargs)

    regnet.BlockParams.from_init_params = with_memory
    try:
        yield
    finally:
        regnet.BlockParams.from_init_params = original


def entries() -> Iterator[Entry]:
    """Every network of torchvision that ships as a spec."""
    yield from (Entry(name) for name in CLASSIFIERS)
    for name in SEGMENTATION:
        yield Entry(name, {}, {"weights_backbone": None})
        if not name.startswith("lraspp"):
            yield Entry(name, {"aux": True}, {"weights_backbone": None, "aux_loss": True})


ZOO = tuple(entries())


def outputs_by_name(out: object) -> dict[str, Tensor]:
    """What either module returns, as a mapping from the same names."""
    if isinstance(out, Tensor):
        return {"out": out}
    pairs = out._asdict() if hasattr(out, "_asdict") else dict(out)  # type: ignore[call-overload]
    named = {"out" if name == "logits" else name: value for name, value in pairs.items()}
    return {name: value for name, value in named.items() if value is not None}


def shaken(make: Made, seed: int = 1) -> nn.Module:
    """A model with weights, biases and BN statistics that no constructor would give."""
    torch.manual_seed(seed)
    model = make()
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in model.state_dict().items():
        if tensor.dim() == 1 or name.endswith("layer_scale"):
            low = -0.5 if name.endswith(("bias", "running_mean")) else 0.5
            tensor.uniform_(low, low + 1, generator=generator)
    return model


def without_dropout(model: nn.Module) -> nn.Module:
    """The model with every random layer switched off."""
    for module in model.modules():
        if hasattr(module, "p"):
            module.p = 0.0
    return model


def dropout_rates(model: nn.Module) -> list[tuple[str, float]]:
    """The kinds and rates of the random layers that do something, in the order in which they are called."""
    called: list[tuple[str, float]] = []

    def note(module: nn.Module, *_: object) -> None:
        if module.p > 0:
            called.append((type(module).__name__, module.p))

    for module in model.modules():
        if hasattr(module, "p"):
            module.register_forward_pre_hook(note)
    return called


def flops(model: nn.Module, x: Tensor) -> int:
    """Floating-point operations as torch counts them."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(x)
    return counter.get_total_flops()


def input_of(plan: Plan, batch: int, *, device: str = "cpu") -> Tensor:
    """A batch of what the spec says enters, the same each time; where it is computed, no larger than need be."""
    (value,) = plan.inputs.values()
    if device == "meta":
        return torch.empty(batch, *value.shape.sizes, device=device)
    sizes = [min(size, LARGEST) for size in value.shape.sizes]
    return torch.rand(batch, *sizes, generator=torch.Generator().manual_seed(3))


def stepped(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """Outputs, every gradient and every buffer after a forward and a backward pass in training mode."""
    named = outputs_by_name(model.train()(x))
    loss = sum(((out * out).mean() for out in named.values()), torch.zeros(()))
    loss.backward()
    gradients = {f"grad {name}": p.grad for name, p in model.named_parameters() if p.grad is not None}
    return {**named, **gradients, **dict(model.named_buffers())}


def unequal(expected: dict[str, Tensor], actual: dict[str, Tensor]) -> list[str]:
    """The names under which the two hold something else, bit for bit."""
    return [
        name
        for name in {**expected, **actual}
        if name not in expected or name not in actual or not torch.equal(expected[name], actual[name])
    ]


def alike_in_distribution(expected: Tensor, actual: Tensor) -> bool:
    """Whether two tensors may come from one distribution: the same constant, or about the same spread and ends."""
    if expected.unique().numel() == 1:
        return torch.equal(expected, actual)
    spread = actual.std() / expected.std()
    shift = (actual.mean() - expected.mean()).abs() / expected.std()
    ends = actual.abs().max() / expected.abs().max()
    slack = 0.05 + 4 / expected.numel() ** 0.5
    return bool(shift < slack and 1 / (1 + slack) < spread < 1 + slack and abs(ends - 1) < slack + 0.35)


def seeded(make: Made, seed: int = 7) -> nn.Module:
    """What the constructor makes with this seed."""
    torch.manual_seed(seed)
    return make()
