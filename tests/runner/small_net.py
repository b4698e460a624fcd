"""A small network and its batches, to compare ways to train it bit for bit."""

from __future__ import annotations

import torch
from torch import nn

from cnnspec.runner.optim.optimizer import torch_optimizer

EPOCHS, STEPS = 3, 4
"""And steps an epoch."""


def small_net(*, channels_last: bool = False) -> nn.Module:
    """Two convolutions, batch norm, a hidden linear layer and scores of three classes; always the same weights."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(2, 6, 3, padding=1),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.Conv2d(6, 5, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(20, 8),
        nn.Tanh(),
        nn.Linear(8, 3),
    )
    return net.to(memory_format=torch.channels_last) if channels_last else net


def batches(count: int = EPOCHS * STEPS) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Random images of 2×4×4 with labels."""
    chance = torch.Generator().manual_seed(1)
    return [
        (torch.randn(8, 2, 4, 4, generator=chance), torch.randint(0, 3, (8,), generator=chance))
        for _ in range(count)
    ]


def backward(net: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    """Leave the gradients of the cross-entropy in the weights."""
    loss = nn.functional.cross_entropy(net(images), labels)
    loss.backward()
    return loss.item()


def differing(one: nn.Module, other: nn.Module) -> list[str]:
    """The names of what differs in any bit."""
    pairs = zip(one.state_dict().items(), other.state_dict().items(), strict=True)
    return [name for (name, a), (_, b) in pairs if not torch.equal(a, b)]


def matrices(net: nn.Module) -> list[str]:
    """The names of the weights that an optimizer sees as matrices, from torch's classes: no norms, no scales."""
    norms = (nn.LayerNorm, nn.RMSNorm)
    scales = {id(weight) for part in net.modules() if isinstance(part, norms) for weight in part.parameters()}
    return [
        name
        for name, weight in net.named_parameters()
        if weight.ndim > 1 and weight[0].numel() > 1 and id(weight) not in scales
    ]


def optimizer_of(config, net: nn.Module) -> torch.optim.Optimizer:
    """The optimizer that a declaration says for the net."""
    return torch_optimizer(config, net, matrices(net))


def stepped(
    net: nn.Module, optimizer: torch.optim.Optimizer, *, first: int = 0, last: int = EPOCHS * STEPS
) -> nn.Module:
    """The net after a step on each of the batches from `first` to before `last`."""
    for images, labels in batches()[first:last]:
        backward(net, images, labels)
        optimizer.step()
        optimizer.zero_grad()
    return net
