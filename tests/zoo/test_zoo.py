"""The zoo: every spec is torchvision's network, in names, shapes, counts, outputs, gradients and starts."""

from __future__ import annotations

import pytest
import torch

import cnnspec
from cnnspec.library.specs import shipped_networks
from tests.zoo.networks import (
    CLASSIFIERS,
    SEGMENTATION,
    ZOO,
    Entry,
    alike_in_distribution,
    dropout_rates,
    flops,
    input_of,
    outputs_by_name,
    seeded,
    shaken,
    stepped,
    unequal,
    without_dropout,
)
from tests.zoo.unet_by_hand import UNet

SMALLEST = {
    "alexnet",
    "convnext_tiny",
    "densenet121",
    "efficientnet_b0",
    "efficientnet_v2_s",
    "fcn_resnet50",
    "googlenet",
    "inception_v3",
    "lraspp_mobilenet_v3_large",
    "mnasnet0_5",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "regnet_x_400mf",
    "resnet18",
    "shufflenet_v2_x0_5",
    "squeezenet1_1",
    "vgg11",
}
"""Each family's smallest: those whose outputs are compared in every run."""
STARTS_ELSEWHERE = {"fcn", "deeplabv3", "lraspp"}
"""torchvision makes these from a whole classifier and drops its head, which takes random numbers."""

known_without_torch = pytest.mark.parametrize("entry", ZOO, ids=str)
compared = pytest.mark.parametrize(
    "entry",
    [
        pytest.param(entry, marks=() if entry.spec in SMALLEST and not entry.settings else pytest.mark.slow)
        for entry in ZOO
    ],
    ids=str,
)


@known_without_torch
def test_the_state_dict_is_known_without_torch_names_shapes_and_order(entry: Entry):
    result = entry.result()
    assert () == result.diagnostics
    expected = [(name, tuple(tensor.shape)) for name, tensor in entry.theirs_on_meta().state_dict().items()]
    assert expected == list(result.plan.state().items())


@known_without_torch
def test_parameters_and_macs_are_known_without_torch(entry: Entry):
    plan, theirs = entry.result().plan, entry.theirs_on_meta()
    assert sum(parameter.numel() for parameter in theirs.parameters()) == plan.params
    batch = 2  # BN in training mode needs two values a channel
    expected = flops(theirs.train(), input_of(plan, batch, device="meta"))
    assert expected == 2 * plan.macs * batch


@known_without_torch
def test_dropout_and_stochastic_depth_have_the_same_rates(entry: Entry):
    theirs = entry.theirs_on_meta().train()
    with torch.device("meta"):
        ours = cnnspec.build(entry.result()).train()
    expected, actual = dropout_rates(theirs), dropout_rates(ours)
    x = input_of(entry.result().plan, batch=2, device="meta")
    theirs(x)
    ours(x)
    assert expected == actual


def test_the_zoo_is_whole():
    """68 classifiers and 6 segmentation networks, 5 of them with and without an auxiliary head."""
    assert (68, 6, 79) == (len(CLASSIFIERS), len(SEGMENTATION), len(ZOO))
    assert {entry.spec for entry in ZOO} <= shipped_networks().keys()


def test_each_family_has_a_network_whose_outputs_are_compared_in_every_run():
    families = {path for name, (path, _) in shipped_networks().items() if name in {e.spec for e in ZOO}}
    assert families == {shipped_networks()[name][0] for name in SMALLEST}


@compared
def test_outputs_are_equal_bit_for_bit_in_eval_mode(entry: Entry):
    theirs, ours = shaken(entry.theirs).eval(), cnnspec.build(entry.result()).eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    assert list(theirs.state_dict()) == list(ours.state_dict())
    x = input_of(entry.result().plan, batch=1)
    with torch.inference_mode():
        expected, actual = outputs_by_name(theirs(x)), outputs_by_name(ours(x))
    assert all(out.isfinite().all() and out.std() > 0 for out in expected.values())
    assert [] == unequal(expected, actual)


@compared
def test_outputs_gradients_and_buffers_are_equal_bit_for_bit_in_training_mode(entry: Entry):
    theirs, ours = without_dropout(shaken(entry.theirs)), without_dropout(cnnspec.build(entry.result()))
    ours.load_state_dict(theirs.state_dict(), strict=True)
    x = input_of(entry.result().plan, batch=2)
    assert [] == unequal(stepped(theirs, x), stepped(ours, x))


@compared
def test_weights_start_as_torchvisions_with_the_same_numbers_after_the_same_seed(entry: Entry):
    theirs, ours = (
        seeded(entry.theirs).state_dict(),
        seeded(lambda: cnnspec.build(entry.result())).state_dict(),
    )
    if entry.spec.split("_")[0] in STARTS_ELSEWHERE:
        assert [] == [name for name in theirs if not alike_in_distribution(theirs[name], ours[name])]
    else:
        assert [] == unequal(theirs, ours)


class TestUNet:
    """torchvision has none: its judge is a module written by hand."""

    @pytest.mark.parametrize("depth", [1, 2, 4])
    @pytest.mark.parametrize("width", [4, 6])
    @pytest.mark.parametrize("num_classes", [1, 3])
    def test_it_is_the_network_written_by_hand_at_any_depth_and_width(self, depth, width, num_classes):
        variables = {"depth": depth, "width": width, "num_classes": num_classes}
        result = cnnspec.check("unet", {**variables, "input": [3, 32, 32]})
        theirs = seeded(lambda: UNet(3, num_classes, depth, width))
        ours = seeded(lambda: cnnspec.build(result))
        assert [(name, tuple(tensor.shape)) for name, tensor in theirs.state_dict().items()] == list(
            result.plan.state().items()
        )
        assert [] == unequal(theirs.state_dict(), ours.state_dict())
        x = input_of(result.plan, batch=2)
        assert [] == unequal(stepped(theirs, x), stepped(ours, x))
        assert [] == unequal(stepped(theirs, x), stepped(ours, x))

    @pytest.mark.parametrize(("spec", "depth", "width"), [("unet", 4, 64), ("unet_small", 3, 16)])
    def test_its_variants_cost_what_torch_counts(self, spec, depth, width):
        plan = cnnspec.check(spec).plan
        with torch.device("meta"):
            theirs = UNet(3, 1, depth, width)
        assert sum(parameter.numel() for parameter in theirs.parameters()) == plan.params
        assert flops(theirs, input_of(plan, 1, device="meta")) == 2 * plan.macs

    def test_an_image_that_cannot_be_halved_so_often_is_told(self):
        (found,) = cnnspec.check("unet", {"input": [3, 36, 36]}).diagnostics
        assert ("shape-mismatch", True) == (found.code, "concat" in found.message)
