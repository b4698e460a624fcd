"""The helper files that codegen prints do what their originals do, bit for bit."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch
from torch import nn

from cnnspec.codegen import helpers
from cnnspec.codegen.helpers import HELPERS
from cnnspec.codegen.helpers.norms_over_axes import LayerNormOver, RMSNormOver
from cnnspec.codegen.helpers.part import Part
from cnnspec.codegen.helpers.resize_like import ResizeLike
from cnnspec.codegen.helpers.slice import Slice
from cnnspec.codegen.helpers.stochastic_depth import StochasticDepth

FOLDER = Path(helpers.__file__).parent


def test_every_class_of_the_files_is_in_the_table_and_they_import_torch_alone():
    classes = {}
    for path in FOLDER.glob("[a-z]*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        classes |= {node.name: path.stem for node in tree.body if isinstance(node, ast.ClassDef)}
        imported = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        assert imported == ["import torch", "from torch import nn"]
    assert classes == HELPERS


def test_every_helper_tells_its_arguments():
    modules = [
        LayerNormOver(4, 1),
        RMSNormOver(4, 1),
        Part(0, 2, 1),
        ResizeLike(),
        Slice(1),
        StochasticDepth(0.1),
    ]
    assert {"OverAxes"} == HELPERS.keys() - {type(module).__name__ for module in modules}
    assert all("=" in repr(module) for module in modules)


def test_layer_norm_over_channels_is_convnexts_bit_for_bit():
    original = pytest.importorskip("torchvision.models.convnext").LayerNorm2d(6, eps=1e-6)
    ours = LayerNormOver(6, 1, eps=1e-6)
    nn.init.normal_(original.weight)
    nn.init.normal_(original.bias)
    ours.load_state_dict(original.state_dict())
    x = torch.randn(2, 6, 5, 7)
    assert torch.equal(ours(x), original(x))
    assert ours(x).stride() == original(x).stride()


def test_norms_over_several_axes_are_torchs_on_permuted_input():
    x = torch.randn(2, 6, 5, 7)
    channels_second = x.permute(0, 2, 1, 3)
    for over, plain in ((LayerNormOver, nn.LayerNorm), (RMSNormOver, nn.RMSNorm)):
        expected = plain((6, 7))(channels_second).permute(0, 2, 1, 3)
        assert torch.equal(over((6, 7), (1, 3))(x), expected)


@pytest.mark.parametrize("mode", ["row", "batch"])
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_stochastic_depth_is_torchvisions_bit_for_bit(mode, p):
    original = pytest.importorskip("torchvision.ops").StochasticDepth(p, mode)
    x = torch.randn(8, 3, 4)
    results = []
    for module in (original, StochasticDepth(p, mode)):
        torch.manual_seed(1)
        results.append(module(x))
    assert torch.equal(*results)
    assert StochasticDepth(p, mode).eval()(x) is x


def test_resize_like_follows_the_other_value():
    x = torch.rand(1, 2, 4, 4)
    for size in ((3, 5), (8, 8)):
        y = ResizeLike(mode="bilinear", antialias=True)(x, torch.rand(1, 7, *size))
        assert torch.equal(y, nn.functional.interpolate(x, size=size, mode="bilinear", antialias=True))


def test_slice_and_part_are_pythons_and_chunks():
    x = torch.rand(2, 3, 8)
    assert torch.equal(Slice(2, -3)(x), x[:, :, -3:])
    assert torch.equal(Slice(2, 1, -1)(x), x[:, :, 1:-1])
    assert torch.equal(Part(1, 4, 2)(x), x[:, :, 2:4])
