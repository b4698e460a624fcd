"""What a page says of its bad example is so in torch."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import cnnspec
from cnnspec.compiler.codes import CODES
from tests.language.test_codes import completed


def bad(code: str) -> tuple[nn.Module, Tensor]:
    """The bad example of a page, built, and images for it."""
    example = CODES[code].bad
    text = f"layers:\n{example}" if example.startswith("- ") else example
    result = cnnspec.check_text(completed(text))
    assert code in {found.code for found in result.diagnostics}
    torch.manual_seed(0)
    return cnnspec.build(result), torch.randn(8, *result.plan.image)


def read_shares(x: Tensor) -> list[float]:
    """The share of the rows, and of the columns, that a gradient reached."""
    read = x.grad.abs().sum((0, 1)) > 0
    return [read.any(axis).float().mean().item() for axis in (1, 0)]


def test_layers_without_an_activation_between_them_are_one_linear_map():
    module, x = bad("no-activation-between")
    module.eval()
    f = lambda x: module(x) - module(torch.zeros_like(x))  # noqa: E731
    torch.testing.assert_close(f(x + 2 * x.flip(0)), f(x) + 2 * f(x.flip(0)), rtol=1e-4, atol=1e-5)


def test_a_second_relu_changes_nothing():
    module, x = bad("activation-twice")
    assert torch.equal(module(x), module[:-1](x))


def test_a_bias_before_bn_has_no_effect():
    module, x = bad("bias-before-bn")
    before = module(x)
    module[0].bias.data += 3
    torch.testing.assert_close(module(x), before, rtol=1e-3, atol=1e-4)


def test_a_dead_node_gets_no_gradient():
    module, x = bad("dead-node")
    module(x).sum().backward()
    assert ["lost.weight", "lost.bias"] == [
        name for name, weight in module.named_parameters() if weight.grad is None
    ]


def test_outputs_that_see_padding_alone_are_the_bias():
    module, x = bad("useless-padding")
    assert torch.equal(module(x)[:, :, 0, 0], module(x + 1)[:, :, 0, 0])


def test_lost_pixels_get_no_gradient():
    module, x = bad("lost-pixels")
    x.requires_grad_()
    module.eval()(x).square().sum().backward()
    assert [22 / 28] * 2 == pytest.approx(read_shares(x))


def test_what_a_stride_steps_over_is_read_by_nothing():
    module, x = bad("stride-over-kernel")
    between = module[1](module[0](x)).detach().requires_grad_()
    module[2](between).square().sum().backward()
    assert [0.5, 0.5] == read_shares(between)


def test_equal_dilations_see_a_grid():
    module, x = bad("gridding")
    x.requires_grad_()
    y = module.eval()(x)
    y[:, :, 16, 16].square().sum().backward()
    rows = (x.grad.abs().sum((0, 1)) > 0).any(1).nonzero().flatten()
    assert [*range(10, 23, 2)] == rows.tolist()


def test_weights_that_start_alike_stay_alike():
    module, x = bad("constant-start")
    optimizer = torch.optim.SGD(module.parameters(), 0.1)
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.cross_entropy(module(x), torch.arange(8)).backward()
        optimizer.step()
    first = next(layer for layer in module.modules() if isinstance(layer, nn.Linear))
    assert torch.equal(first.weight, first.weight[:1].expand_as(first.weight))


def test_sigmoids_in_a_row_let_little_of_the_gradient_through():
    deep, x = bad("deep-sigmoid")
    deep(x).square().mean().backward()
    linear = [layer for layer in deep.modules() if isinstance(layer, nn.Linear)]
    assert linear[0].weight.grad.norm() < linear[-1].weight.grad.norm() / 1000
