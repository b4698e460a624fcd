"""A plan is compared with torch: one that is right has no difference, and one that is made wrong has its own."""

from __future__ import annotations

import pytest
import torch

import cnnspec
from cnnspec.backend import comparison
from cnnspec.backend.comparison import compare
from cnnspec.compiler.plan import Node, Plan, Weights
from cnnspec.core.shape import Shape
from cnnspec.library.specs import shipped_specs
from tests.zoo.networks import ZOO

SPEC = """
cnnspec: 1
input: [3, 8, 8]
layers:
  - {conv: {out_channels: 4, kernel_size: 3, padding: 1}, name: stem}
  - add: [[bn, relu, dropout], []]
  - concat: [[], {tanh, name: side}]
  - {scale: {init: 0.5}, name: gamma}
  - global_avgpool
  - flatten
  - {linear: 5, name: fc}
output: {out: fc, aux: {from: side, when: true, only: train}}
"""
SMALL = [name for name in shipped_specs() if name in {"mnist", "mnist_named", "lenet5", "digits", "paddings"}]


def plan_of(text: str) -> Plan:
    result = cnnspec.check_text(text)
    assert result.ok, result.diagnostics
    return result.require_plan()


def with_node(plan: Plan, path: str, **other: object) -> Plan:
    """The plan with something else said of one layer."""
    changed = {}
    for node in plan.nodes:
        values = {name: getattr(node, name) for name in Node.__slots__} | {"shape": node.shape}
        values["inputs"] = tuple(changed.get(value, value) for value in node.inputs)
        changed[node] = Node(**(values | (other if node.path == path else {})))
    outputs = tuple(output._replace(value=changed[output.value]) for output in plan.outputs)
    return plan._replace(nodes=tuple(changed.values()), outputs=outputs)


def messages(plan: Plan) -> list[str]:
    found = compare(plan).diagnostics
    assert {"differs-from-torch"} >= {one.code for one in found}
    return [one.message for one in found]


@pytest.mark.parametrize("name", SMALL)
def test_small_networks_that_ship_are_as_in_torch(name):
    assert ((), "cpu") == compare(cnnspec.check(name).require_plan())


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "lraspp_mobilenet_v3_large", "convnext_tiny"])
def test_networks_of_every_form_are_as_in_torch(name, monkeypatch):
    monkeypatch.setattr(comparison, "_MOST_MACS", 0)
    assert ((), "meta") == compare(cnnspec.check(name).require_plan())


@pytest.mark.slow
@pytest.mark.parametrize("entry", ZOO, ids=str)
def test_all_networks_of_the_zoo_have_the_shapes_of_torch(entry, monkeypatch):
    monkeypatch.setattr(comparison, "_MOST_MACS", 0)
    assert () == compare(entry.result().require_plan()).diagnostics


@pytest.mark.parametrize(
    "text",
    [
        SPEC,
        SPEC.replace("output: {out: fc, aux: {from: side, when: true, only: train}}", "output: [fc, side]"),
        "cnnspec: 1\ninput: {a: [2, 4], b: [3, 4]}\nlayers: [concat: [a, b], {bn, name: n}]\noutput: {x: a, y: n}\n",
        "cnnspec: 1\ninput: [4, 8]\nlayers: [relu, {tanh, name: dead}, {bn, from: input}]\n",
        "cnnspec: 1\ninput: [2, 8, 8]\nlayers: [relu, add: [[], [tanh]], instancenorm]\n",
    ],
)
def test_networks_of_every_output_form_are_as_in_torch(text):
    assert ((), "cpu") == compare(plan_of(text))


def test_it_leaves_gradients_as_they_were():
    compare(plan_of(SPEC))
    assert torch.is_grad_enabled()


def test_a_wrong_shape_is_told_in_both_modes_at_the_layer():
    plan = with_node(plan_of(SPEC), "stem", shape=Shape((4, 7, 8)))
    assert [
        "in eval mode stem gives 4×8×8 in torch, 4×7×8 in the plan",
        "in training stem gives 4×8×8 in torch, 4×7×8 in the plan",
    ] == messages(plan)
    assert 5 == compare(plan).diagnostics[0].place.line


def test_a_wrong_shape_of_what_is_no_module_is_told_too():
    plan = plan_of(SPEC)
    add = next(node.path for node in plan.nodes if node.kind == "add")
    assert f"in eval mode {add} gives 4×8×8 in torch, 9 in the plan" in messages(
        with_node(plan, add, shape=Shape((9,)))
    )


@pytest.mark.parametrize(
    ("weights", "params", "message"),
    [
        (Weights({"weight": (5, 8)}, {}), 45, "torch has a tensor fc.bias, the plan has none"),
        (Weights({"weight": (5, 8), "bias": (5,), "b": (1,)}, {}), 45, "the plan has a tensor fc.b, torch has none"),
        (Weights({"weight": (5, 9), "bias": (5,)}, {}), 45, "fc.weight is 5×8 in torch, 5×9 in the plan"),
        (Weights({"weight": (5, 8)}, {"bias": (5,)}), 45, "fc.bias is learned in torch, not in the plan"),
        (Weights({"weight": (5, 8), "bias": (5,)}, {}), 44, "fc has 45 parameters in torch, 44 in the plan"),
        (Weights({"bias": (5,), "weight": (5, 8)}, {}), 45, "the tensors of torch's state_dict are in another order"),
    ],
)  # fmt: skip
def test_wrong_tensors_are_told(weights, params, message):
    plan = with_node(plan_of(SPEC), "fc", weights=weights, params=params)
    assert [message] == messages(plan)


def test_a_buffer_that_is_taken_for_a_parameter_is_told():
    plan = plan_of(SPEC)
    (norm,) = [node for node in plan.nodes if node.kind == "bn"]
    held = {**norm.weights.parameters, **norm.weights.buffers}
    told = messages(with_node(plan, norm.path, weights=Weights(held, {})))
    assert f"{norm.path}.running_mean is learned in the plan, not in torch" in told


def test_what_torch_refuses_is_told_at_the_layer():
    plan = plan_of(
        "cnnspec: 1\ninput: [3, 8, 8]\nlayers: [relu, {conv: {out_channels: 4, kernel_size: 3}, name: c}]\n"
    )
    wrong = plan._replace(inputs={"input": plan.inputs["input"]})
    wrong.inputs["input"].shape = Shape((5, 8, 8))
    (message,) = messages(wrong)
    assert message.startswith("in eval mode c, or what is computed behind it, fails in torch: Given groups=1")


def test_what_torch_does_not_build_is_told(monkeypatch):
    def refuse(_plan):
        raise ValueError("in_channels must be divisible by groups")

    monkeypatch.setattr(comparison, "build", refuse)
    assert ["torch can't build it: in_channels must be divisible by groups"] == messages(plan_of(SPEC))


class Wrong(torch.nn.Module):
    """A network whose outputs are not those of its layers."""

    def __init__(self, inner: torch.nn.Module, change) -> None:
        super().__init__()
        self._inner, self._change = [inner], change

    def state_dict(self):
        return self._inner[0].state_dict()

    def named_parameters(self):
        return self._inner[0].named_parameters()

    def train(self, mode):
        self.training = mode
        self._inner[0].train(mode)
        return self

    def forward(self, *inputs: torch.Tensor):
        return self._change(self._inner[0](*inputs))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda out: {"out": out["out"] + 1, **{k: v for k, v in out.items() if k != "out"}}, "in eval mode output out is not what its layer gives"),
        (lambda out: {**out, "more": out["out"]}, "in eval mode torch returns the outputs out, more, the plan has out"),
    ],
)  # fmt: skip
def test_outputs_that_are_not_those_of_the_layers_are_told(monkeypatch, change, message):
    built = comparison.build
    monkeypatch.setattr(
        comparison,
        "build",
        lambda plan: Wrong(built(plan), change) if plan.output_form == "dict" else built(plan),
    )
    assert message == messages(plan_of(SPEC))[0]


def test_a_tensor_that_belongs_to_no_layer_is_told(monkeypatch):
    built = comparison.build

    def with_more(plan):
        network = built(plan)
        network.register_buffer("more", torch.zeros(2))
        return network

    monkeypatch.setattr(comparison, "build", with_more)
    assert ["torch has a tensor more, which belongs to no layer of the plan"] == messages(plan_of(SPEC))


def test_where_memory_ends_shapes_alone_are_compared(monkeypatch):
    built = comparison.build

    def hungry(plan):
        if torch.zeros(1).device.type == "cpu":
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")
        return built(plan)

    monkeypatch.setattr(comparison, "build", hungry)
    assert ((), "meta") == compare(plan_of(SPEC))
