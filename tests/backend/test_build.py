"""What is built is the printed source, and equals the network written by hand, bit for bit."""

from __future__ import annotations

import ast
import pickle
import runpy
import sys
import traceback

import pytest
import torch
import yaml
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import cnnspec
from cnnspec.codegen.python_module import python_module, python_source
from cnnspec.compiler.walk.namespace import name_problem
from cnnspec.library.specs import shipped_networks, shipped_specs
from tests.zoo.networks import ZOO, outputs_by_name, unequal

OWN = sorted(shipped_networks().keys() - {entry.spec for entry in ZOO})
"""The specs that ship and have no counterpart in torchvision."""


def mnist_by_hand() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 10, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(10, 20, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(320, 50),
        nn.Linear(50, 10),
    )


def _seeded(make):
    torch.manual_seed(7)
    return make()


def _built(text: str, seed: int = 0) -> nn.Module:
    result = cnnspec.check_text("cnnspec: 1\n" + text, "net.yaml")
    assert result.ok
    torch.manual_seed(seed)
    return cnnspec.build(result)


def test_mnist_equals_the_network_written_by_hand():
    ours, theirs = _seeded(lambda: cnnspec.build("mnist")), _seeded(mnist_by_hand)
    x = torch.rand(4, 1, 28, 28)
    assert list(theirs.state_dict()) == list(ours.state_dict())
    assert torch.equal(theirs(x), ours(x))


def test_named_groups_give_the_state_dict_its_keys():
    expected = [
        f"{layer}.{part}" for layer in ("conv1.0", "conv2.0", "fc.0", "fc.1") for part in ("weight", "bias")
    ]
    assert expected == list(cnnspec.build("mnist_named").state_dict())


def test_names_change_nothing_else():
    plain, named = _seeded(lambda: cnnspec.build("mnist")), _seeded(lambda: cnnspec.build("mnist_named"))
    x = torch.rand(4, 1, 28, 28)
    assert torch.equal(plain(x), named(x))


@pytest.mark.parametrize("name", OWN)
def test_the_plan_knows_what_torch_makes_of_it(name):
    plan = cnnspec.check(name).plan
    model = cnnspec.build(name)
    expected = [(key, tuple(value.shape)) for key, value in model.state_dict().items()]
    assert expected == list(plan.state().items())
    assert sum(p.numel() for p in model.parameters()) == plan.params
    (value,) = plan.inputs.values()
    y = model(torch.rand(2, *value.shape.sizes))
    assert (2, *plan.outputs[0].value.shape.sizes) == tuple(y.shape)


@pytest.mark.parametrize("name", OWN)
def test_twice_the_macs_are_torchs_flops(name):
    plan, model = cnnspec.check(name).plan, cnnspec.build(name)
    (value,) = plan.inputs.values()
    with FlopCounterMode(display=False) as counter:
        model(torch.rand(1, *value.shape.sizes))
    assert counter.get_total_flops() == 2 * plan.macs


@pytest.mark.parametrize("name", shipped_specs())
def test_the_exported_file_stands_alone_and_is_the_same_network(name, tmp_path):
    generated = python_module(cnnspec.check(name).plan)
    file = tmp_path / "network.py"
    file.write_text(generated.source, "utf-8")
    imported = {
        line.split()[1].split(".")[0]
        for line in generated.source.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported <= {"torch", "collections"}
    ours = _seeded(lambda: cnnspec.build(name))
    theirs = _seeded(runpy.run_path(str(file))[generated.entry])
    (value,) = cnnspec.check(name).plan.inputs.values()
    x = torch.rand(1, *value.shape.sizes)
    with torch.inference_mode():
        assert [] == unequal(outputs_by_name(ours.eval()(x)), outputs_by_name(theirs.eval()(x)))


def test_a_branching_network_equals_the_one_written_by_hand():
    class ByHand(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 8, 3, padding=1)
            self.left = nn.Conv2d(8, 8, 3, padding=1)
            self.right = nn.Conv2d(8, 8, 1)
            self.head = nn.Linear(16, 4)

        def forward(self, x):
            x = self.stem(x)
            y = self.left(x) + x
            z = torch.cat([y, self.right(y)], 1)
            return self.head(z.mean((2, 3)))

    text = """
input: [3, 8, 8]
layers:
  - {conv: {out_channels: 8, kernel_size: 3, padding: 1}, name: stem}
  - add: [{conv: {out_channels: 8, kernel_size: 3, padding: 1}, name: left}, []]
  - concat: [[], {conv: {out_channels: 8, kernel_size: 1}, name: right}]
  - global_avgpool
  - flatten
  - {linear: 4, name: head}
"""
    torch.manual_seed(3)
    theirs = ByHand()
    ours = _built(text, 3)
    x = torch.rand(2, 3, 8, 8)
    assert list(theirs.state_dict()) == list(ours.state_dict())
    torch.testing.assert_close(theirs(x), ours(x))


def test_values_may_enter_and_leave_named_groups():
    text = """
input: [4, 8, 8]
layers:
  - {relu, name: entry}
  - name: body
    layers:
      - {conv: {out_channels: 4, kernel_size: 3, padding: 1}, name: first}
      - tanh
      - add: [[], entry]
  - concat: [[], body.first, entry]
output: {all: "3", inner: body.first}
"""
    text = text.replace('"3"', "whole").replace(
        "- concat: [[], body.first, entry]", "- {concat: [[], body.first, entry], name: whole}"
    )
    model = _built(text)
    x = torch.rand(1, 4, 8, 8)
    entry = torch.relu(x)
    first = model.body.first(entry)
    out = model(x)
    assert ["all", "inner"] == list(out)
    assert torch.equal(first, out["inner"])
    assert torch.equal(torch.cat([torch.tanh(first) + entry, first, entry], 1), out["all"])


def test_outputs_only_for_training_are_left_out_in_eval_mode_and_not_computed():
    text = """
input: [1, 4, 4]
layers:
  - {relu, name: trunk}
  - {conv: {out_channels: 2, kernel_size: 1}, name: aux}
  - {conv: {out_channels: 3, kernel_size: 1}, name: main, from: trunk}
output: {main: main, aux: {from: aux, only: train}}
"""
    model = _built(text)
    calls = []
    model.aux.register_forward_hook(lambda *_: calls.append("aux"))
    x = torch.rand(1, 1, 4, 4)
    assert ["main", "aux"] == list(model(x))
    assert ["main"] == list(model.eval()(x))
    assert ["aux"] == calls


def test_a_list_of_outputs_is_a_tuple():
    text = "input: [1, 4, 4]\nlayers:\n  - {relu, name: a}\n  - {tanh, name: b}\noutput: [b, a]\n"
    x = torch.randn(1, 1, 4, 4)
    b, a = _built(text)(x)
    assert torch.equal(torch.relu(x), a)
    assert torch.equal(torch.tanh(a), b)


def test_a_single_output_in_a_list_is_still_a_tuple():
    out = _built("input: [1, 4, 4]\nlayers:\n  - {relu, name: a}\noutput: [a]\n")(torch.rand(1, 1, 4, 4))
    assert tuple is type(out)


def test_several_inputs_come_in_the_order_of_the_spec():
    text = "input: {image: [3, 4, 4], mask: [1, 4, 4]}\nlayers:\n  - multiply: [image, mask]\n"
    image, mask = torch.rand(2, 3, 4, 4), torch.rand(2, 1, 4, 4)
    model = _built(text)
    assert torch.equal(image * mask, model(image, mask))
    assert torch.equal(image * mask, model(mask=mask, image=image))


def test_an_unused_branch_is_there_but_not_computed():
    text = "input: [1, 4, 4]\nlayers:\n  - {conv: {out_channels: 2, kernel_size: 1}, name: unused}\n  - {tanh, from: input}\n"
    model = _built(text)
    model.unused.register_forward_hook(lambda *_: pytest.fail("it was computed"))
    x = torch.rand(1, 1, 4, 4)
    assert torch.equal(torch.tanh(x), model(x))
    assert ["unused.weight", "unused.bias"] == list(model.state_dict())


def test_names_that_are_no_identifiers_work():
    text = "input: [4, 4, 4]\nlayers:\n  - {conv: {out_channels: 2, kernel_size: 1}, name: block3-1}\n  - {scale: 2, name: class}\n  - add: [[], []]\n"
    model = _built(text)
    assert ["class", "block3-1.weight", "block3-1.bias"] == list(model.state_dict())
    assert (1, 2, 4, 4) == tuple(model(torch.rand(1, 4, 4, 4)).shape)


@pytest.mark.parametrize(
    "name",
    [
        "super",
        "getattr",
        "nn",
        "torch",
        "class",
        "lambda",
        "x",
        "F",
        "self",
        "dict",
        "été",
        "1st",
        "a-b",
        "__a",
        "list",
        "len",
        "x²",
        "ﬀ",
        "model",
        "name",
    ],
)
def test_no_name_hides_what_the_printed_code_uses(name):
    text = f"""
cnnspec: 1
name: {name}
input: {{{name}: [2, 4, 4]}}
blocks: {{b{name}: {{layers: [add: [[relu], []]]}}}}
layers:
  - {{relu, from: {name}}}
  - {{slice: {{start: -2, axis: 1}}, name: cut}}
  - {{layernorm: {{axis: 0}}, name: norm}}
  - {{add: [[tanh], []], name: n{name}}}
  - b{name}
  - {{sigmoid, name: {name}-}}
  - {{name: {name}_, layers: [bn, add: [[], n{name}]]}}
  - add: [[], n{name}, {name}-]
init: {{bn: ones}}
"""
    text = text if name_problem(f"{name}_") is None else text.replace(f"name: {name}_,", "name: other,")
    text = (
        text if name_problem(f"n{name}") is None else text.replace(f"n{name}", "n").replace(f"{name}-", "s")
    )
    result = cnnspec.check_text(text)
    assert result.ok
    model = cnnspec.build(result)
    assert (1, 2, 2, 4) == tuple(model(torch.rand(1, 2, 4, 4)).shape)
    assert list(result.plan.state()) == list(model.state_dict())


@pytest.mark.parametrize("stem", ["a\\x", "a\\N{foo}", 'a"b', "a\x00b"])
@pytest.mark.parametrize("description", ["", "a" * 89 + "\\N", "ends in a backslash \\"])
def test_a_files_stem_and_a_description_are_text(stem, description):
    text = f"cnnspec: 1\ndescription: '{description or 'x'}'\ninput: [1, 4, 4]\nlayers: [relu]\n"
    cnnspec.build(cnnspec.check_text(text, f"{stem}.yaml"))


@pytest.mark.parametrize("key", ["a\\nb", "a\\0b", "\\\\", "'", '\\"'])
def test_an_outputs_key_is_text(key):
    text = f'input: [1, 4, 4]\nlayers: [{{relu, name: a}}]\noutput: {{"{key}": a}}\n'
    assert [yaml.safe_load(f'"{key}"')] == list(_built(text)(torch.rand(1, 1, 4, 4)))


def test_classes_that_differ_in_comments_alone_are_one_without_them():
    body = "[conv: {out_channels: 4, kernel_size: 3, stride: 2, padding: 1}, add: [[relu], []]]"
    text = f"input: [4, 16, 16]\nlayers:\n  - {{name: a, layers: {body}}}\n  - {{name: b, layers: {body}}}\n"
    source = python_source(cnnspec.check_text("cnnspec: 1\n" + text, "net.yaml").plan)
    assert 1 == source.count("class ")
    assert "4×8×8" not in source.split("class ")[1].split("def net")[0]


def test_a_description_is_text_and_nothing_else():
    quotes = 3 * chr(39) + 3 * (chr(92) + chr(34)) + 3 * (chr(92) + chr(92))
    text = f'cnnspec: 1\ndescription: "{quotes} import os {quotes}"\ninput: [1, 4, 4]\nlayers: [add: [[relu], []]]\n'
    result = cnnspec.check_text(text)
    assert result.ok
    tree = ast.parse(python_source(result.plan))
    assert {"torch"} == {
        alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    }
    cnnspec.build(result)


def test_equal_branches_share_a_class():
    body = "[conv: {out_channels: 4, kernel_size: 1}, add: [[relu], []]]"
    text = f"input: [4, 4, 4]\nlayers:\n  - {{name: a, layers: {body}}}\n  - {{name: b, layers: {body}}}\n"
    source = python_source(cnnspec.check_text("cnnspec: 1\n" + text, "net.yaml").plan)
    assert 1 == source.count("class ")
    assert 2 == source.count("A())")


def test_a_chain_can_be_sliced_and_pickled_anywhere():
    model = cnnspec.build("mnist")
    assert nn.Sequential is type(model)
    assert (1, 10, 12, 12) == tuple(model[:3](torch.rand(1, 1, 28, 28)).shape)
    assert "cnnspec_generated" not in pickle.dumps(model).decode("latin-1")


def test_a_branching_network_can_be_pickled():
    model = cnnspec.build("paddings").eval()
    again = pickle.loads(pickle.dumps(model))
    x = torch.rand(1, 3, 32, 32)
    assert torch.equal(model(x), again(x))
    assert sys.modules[type(model).__module__].__file__.startswith("<cnnspec paddings")


def test_a_traceback_shows_the_printed_lines():
    model = cnnspec.build("paddings")
    try:
        model(torch.rand(1, 4, 32, 32))
    except RuntimeError as error:
        shown = "".join(traceback.format_exception(error))
    assert 'x = getattr(self, "0")(x)' in shown


def test_building_a_wrong_spec_raises_with_the_diagnostics():
    result = cnnspec.check_text(
        "cnnspec: 1\ninput: [1, 2, 2]\nlayers:\n  - conv: {out_channels: 1, kernel_size: 3}\n"
    )
    with pytest.raises(cnnspec.SpecError, match=r"spec.yaml:4:42: error\[kernel-too-large\]"):
        cnnspec.build(result)


def test_a_fully_connected_layer_is_a_convolution_with_its_inputs_size():
    """3×3×5 to one number, from two specs with the same weights."""
    head = "input: [5, 3, 3]\nlayers:\n"
    linear = _built(f"{head}  - flatten\n  - {{linear: 1, name: fc}}\n")
    conv = _built(f"{head}  - {{conv: {{out_channels: 1, kernel_size: 3}}, name: fc}}\n  - flatten\n")
    weights = linear.state_dict()
    conv.load_state_dict(
        {"fc.weight": weights["fc.weight"].reshape(1, 5, 3, 3), "fc.bias": weights["fc.bias"]}
    )
    x = torch.rand(8, 5, 3, 3)
    torch.testing.assert_close(linear(x), conv(x))


class TestInit:
    HEAD = "input: [3, 8, 8]\n"

    def test_an_items_own_initialiser_wins_over_its_kinds(self):
        text = (
            self.HEAD
            + """
init: {conv: {constant: {val: 2}}, linear: {weight: ones, bias: zeros}}
layers:
  - {conv: {out_channels: 2, kernel_size: 1}, name: a}
  - {conv: {out_channels: 2, kernel_size: 1}, name: b, init: {constant: 3}}
  - flatten
  - {linear: 2, name: c}
"""
        )
        model = _built(text)
        found = {
            name: set(p.flatten().tolist())
            for name, p in model.named_parameters()
            if name not in {"a.bias", "b.bias"}
        }
        assert {"a.weight": {2.0}, "b.weight": {3.0}, "c.weight": {1.0}, "c.bias": {0.0}} == found

    def test_the_bias_keeps_torchs_start_unless_it_is_named(self):
        text = (
            self.HEAD
            + "init: {conv: zeros}\nlayers:\n  - {conv: {out_channels: 2, kernel_size: 1}, name: a}\n"
        )
        model = _built(text, 5)
        torch.manual_seed(5)
        assert torch.equal(nn.Conv2d(3, 2, 1).bias, model.a.bias)

    @pytest.mark.parametrize(
        ("written", "function", "kwargs"),
        [
            ("uniform: {a: -1, b: 1}", nn.init.uniform_, {"a": -1.0, "b": 1.0}),
            ("normal: {std: 0.01}", nn.init.normal_, {"std": 0.01}),
            ("trunc_normal: {std: 0.02}", nn.init.trunc_normal_, {"std": 0.02}),
            ("xavier_uniform: {gain: 2}", nn.init.xavier_uniform_, {"gain": 2.0}),
            ("xavier_normal: {}", nn.init.xavier_normal_, {}),
            ("kaiming_uniform: {a: 1}", nn.init.kaiming_uniform_, {"a": 1.0}),
            (
                "kaiming_normal: {mode: fan_out, nonlinearity: relu}",
                nn.init.kaiming_normal_,
                {"mode": "fan_out", "nonlinearity": "relu"},
            ),
            ("orthogonal: {}", nn.init.orthogonal_, {}),
            ("dirac: {}", nn.init.dirac_, {}),
        ],
    )
    def test_initialisers_are_torchs(self, written, function, kwargs):
        text = (
            self.HEAD
            + f"layers:\n  - {{conv: {{out_channels: 4, kernel_size: 3}}, name: a, init: {{{written}}}}}\n"
        )
        model = _built(text, 1)
        torch.manual_seed(1)
        conv = nn.Conv2d(3, 4, 3)
        function(conv.weight, **kwargs)
        assert torch.equal(conv.weight, model.a.weight)
