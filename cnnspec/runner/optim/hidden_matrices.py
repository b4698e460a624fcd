"""Muon and its like: one optimizer for the matrices of hidden layers, another for the rest, both torch's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer


class HiddenMatricesOptimizer(Optimizer):
    """`hidden` weights are seen as matrices, a row for each filter, and moved by `matrix_optimizer` of these views.

    `rest` moves all others. The parameter groups are those of both, the matrices' first, and hold the weights
    themselves: a schedule changes both rates alike, a gradient scaler finds all gradients, and the state is saved and
    loaded as any optimizer's.
    """

    def __init__(
        self,
        hidden: Sequence[nn.Parameter],
        matrix_optimizer: Callable[[Sequence[nn.Parameter]], Optimizer],
        rest: Optimizer,
    ) -> None:
        self._hidden = list(hidden)
        self._orders = [_memory_order(weight) for weight in hidden]
        self._views = [
            nn.Parameter(weight.detach().permute(order).view(len(weight), -1))
            for weight, order in zip(hidden, self._orders, strict=True)
        ]
        self._matrices, self._rest = matrix_optimizer(self._views), rest
        groups = [{**self._matrices.param_groups[0], "params": self._hidden}, *map(dict, rest.param_groups)]
        super().__init__(groups, {})
        self._share_state()

    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Move the weights by their gradients."""
        assert closure is None
        for weight, view, order in zip(self._hidden, self._views, self._orders, strict=True):
            gradient = weight.grad
            view.grad = None if gradient is None else gradient.permute(order).reshape(view.shape)
        self._share_arguments()
        self._matrices.step()
        for view in self._views:
            view.grad = None  # or it would outlive zero_grad, and take memory through the next forward pass
        self._rest.step()

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._share_state()

    def _share_arguments(self) -> None:
        """Tell both what a schedule has changed."""
        inner = [*self._matrices.param_groups, *self._rest.param_groups]
        for theirs, ours in zip(inner, self.param_groups, strict=True):
            theirs.update((key, value) for key, value in ours.items() if key != "params")

    def _share_state(self) -> None:
        """Let each weight have one state, here and in the optimizer that moves it."""
        for weight, view in zip(self._hidden, self._views, strict=True):
            self._matrices.state[view] = self.state[weight]
        for group in self.param_groups[1:]:
            for weight in group["params"]:
                self._rest.state[weight] = self.state[weight]


def _memory_order(weight: Tensor) -> tuple[int, ...]:
    """The axes as they lie in memory, filters first: so seen, rows of channels_last weights are a view too."""
    return (0, *sorted(range(1, weight.ndim), key=weight.stride, reverse=True))
