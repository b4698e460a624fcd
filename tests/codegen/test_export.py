"""The exported text is what a person would write: one class for what differs in numbers alone."""

from __future__ import annotations

import ast
import inspect

import pytest
import torch
from torch import nn

import cnnspec
from cnnspec.codegen.python_module import python_module, python_source
from cnnspec.core.emit import Function, Module
from cnnspec.layers import KINDS
from tests.calls import calls
from tests.layers.needed import sample_layer, written_input
from tests.layers.torch_interpreter import target

MOST_LINES = {"resnet152": 170, "densenet201": 260, "efficientnet_b7": 450, "convnext_large": 260}


def checked(text: str):
    result = cnnspec.check_text(f"cnnspec: 1\n{text}", "net.yaml")
    assert result.ok
    return result


def exported(text: str) -> str:
    """The source below the imports, of a network that is also built."""
    result = checked(text)
    model = cnnspec.build(result)
    (value,) = result.plan.inputs.values()
    assert list(result.plan.state()) == list(model.state_dict())
    y = model.eval()(torch.rand(2, *value.shape.sizes))
    assert (2, *result.plan.outputs[0].value.shape.sizes) == tuple(y.shape)
    return python_source(result.plan).partition("from torch import nn\n\n\n")[2]


def heads(source: str) -> list[str]:
    """The constructors of its classes and functions, the network's own left out."""
    tree = ast.parse(source)
    found = []
    for node in tree.body[:-1]:
        if isinstance(node, ast.ClassDef):
            (made,) = (part for part in node.body if getattr(part, "name", "") == "__init__")
            made.args.args.pop(0)
            found.append(f"{node.name}({ast.unparse(made.args)})")
        elif isinstance(node, ast.FunctionDef):
            found.append(f"{node.name}({ast.unparse(node.args)})")
    return found


def test_a_residual_network_reads_like_one():
    text = """
input: [3, 32, 32]
blocks:
  residual:
    args: {channels: required, stride: 1}
    layers:
      - add:
          - - {conv: {out_channels: $channels, kernel_size: 3, stride: $stride, padding: 1}, name: conv}
            - {bn, name: bn}
          - - {conv: {out_channels: $channels, kernel_size: 1, stride: $stride}, name: shortcut}
      - relu
layers:
  - residual: 16
  - residual: {channels: 32, stride: 2}
  - {residual: 32, repeat: 3}
  - global_avgpool
  - flatten
  - linear: 10
"""
    expected = '''\
class Residual(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1)
        self.bn = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1, stride=stride)
        self.add_module("4", nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        conv = self.conv(x)
        x = self.bn(conv) + self.shortcut(x)
        return getattr(self, "4")(x)


def net() -> nn.Sequential:
    """The network, its weights not trained: 37,226 parameters."""
    return nn.Sequential(
        Residual(3, 16),  # 16×32×32
        Residual(16, 32, stride=2),  # 32×16×16
        *(Residual(32, 32) for _ in range(3)),
        nn.AdaptiveAvgPool2d(1),  # 32×1×1
        nn.Flatten(),  # 32
        nn.Linear(32, 10),  # 10
    )
'''
    assert expected == exported(text)


def test_a_dense_network_reads_like_one():
    text = """
input: [8, 16, 16]
blocks:
  dense_layer:
    layers: [bn, relu, conv: {out_channels: 4, kernel_size: 3, padding: 1}, {dropout: 0.1}]
layers:
  - {concat: [[], {dense_layer, name: dense1}]}
  - {concat: [[], {dense_layer, name: dense2}]}
  - {concat: [[], {dense_layer, name: dense3}]}
"""
    expected = '''\
def dense_layer(in_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm2d(in_channels),
        nn.ReLU(),
        nn.Conv2d(in_channels, 4, 3, padding=1),  # 4×16×16
        nn.Dropout(0.1),
    )


class Net(nn.Module):
    """The network, its weights not trained: 1,380 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.dense1 = dense_layer(8)  # 4×16×16
        self.dense2 = dense_layer(12)  # 4×16×16
        self.dense3 = dense_layer(16)  # 4×16×16

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.cat([x, self.dense1(x)], dim=1)
        x = torch.cat([x, self.dense2(x)], dim=1)
        return torch.cat([x, self.dense3(x)], dim=1)
'''
    assert expected == exported(text)


@pytest.mark.parametrize(("name", "most"), MOST_LINES.items())
def test_deep_networks_fit_on_a_few_pages(name, most):
    assert len(python_source(cnnspec.check(name).plan).splitlines()) <= most


class TestClasses:
    BLOCK = """
input: [4, 8, 8]
blocks:
  block:
    args: {n: required, k: 1, p: 0.5, bias: true}
    layers:
      - add:
          - - {conv: {out_channels: $n, kernel_size: $k, padding: $k // 2, bias: $bias}, name: a}
            - {conv: {out_channels: $in_channels, kernel_size: 1}, name: b}
            - {dropout: $p}
          - []
layers:
"""

    def test_blocks_that_differ_in_numbers_are_one_class_with_parameters(self):
        source = exported(self.BLOCK + "  - block: 6\n  - block: 7\n")
        assert ["Block(a_out_channels: int)"] == heads(source)
        assert "Block(6)," in source
        assert "Block(7)," in source

    def test_values_that_move_together_are_one_parameter(self):
        source = exported(
            self.BLOCK + "  - block: 6\n  - conv: {out_channels: 5, kernel_size: 1}\n  - block: 7\n"
        )
        assert ["Block(in_channels: int, a_out_channels: int)"] == heads(source)
        assert "Block(4, 6)," in source
        assert "Block(5, 7)," in source

    def test_values_that_are_equal_only_at_times_are_two_parameters(self):
        source = exported(
            self.BLOCK + "  - block: 4\n  - conv: {out_channels: 5, kernel_size: 1}\n  - block: 6\n"
        )
        assert ["Block(in_channels: int, a_out_channels: int)"] == heads(source)
        assert "Block(4, 4)," in source

    def test_an_argument_that_is_left_out_at_times_has_its_default(self):
        source = exported(self.BLOCK + "  - block: 6\n  - block: {n: 6, k: 3}\n  - block: {n: 6, k: 5}\n")
        assert ["Block(kernel_size: int, padding: int=0)"] == heads(source)
        assert "Block(1)," in source
        assert "Block(5, padding=2)," in source

    def test_parameters_have_the_types_of_their_values(self):
        text = """
input: [4, 8, 8]
blocks:
  b:
    args: {k: 1, p: 0.5, bias: true, pad: 0, s: 2}
    layers:
      - {conv: {out_channels: 4, kernel_size: $k, padding: $pad, bias: $bias}, name: a}
      - upsample: $s
      - maxpool: 2
      - add: [[dropout: $p], []]
layers: [b: {bias: false, p: 0.1, s: 4}, b: {k: [1, 3], pad: [0, 1], p: 0.2}, b: {k: 3, pad: same, p: 0.3}]
"""
        expected = (
            "B(kernel_size: int | tuple[int, int], p: float, scale_factor: int, "
            "padding: int | str | tuple[int, int]=0, bias: bool=True)"
        )
        source = exported(text)
        assert [expected] == heads(source)
        assert 'B(3, 0.3, scale_factor=2, padding="same"),\n' in source

    def test_a_default_that_no_instance_has_is_not_written(self):
        blocks = "  - block: {n: 6, k: 3}\n  - block: {n: 6, k: 5}\n"
        source = exported(self.BLOCK + blocks)
        assert ["Block(kernel_size: int, padding: int)"] == heads(source)
        assert "Block(5, padding=2)," in source

    def test_a_whole_number_is_printed_as_it_was_written(self):
        text = """
input: [4, 8, 8]
blocks: {b: {args: {s: required}, layers: [upsample: $s, add: [[relu], []]]}}
layers: [b: 2.0, b: 2]
"""
        source = exported(text)
        assert ["B(scale_factor: float)"] == heads(source)
        assert "B(scale_factor=2.0)," in source
        assert "B(scale_factor=2)," in source

    def test_a_shape_is_told_where_all_instances_have_it(self):
        block = self.BLOCK.replace("name: b}", "name: b}\n            - {global_avgpool, name: pool}")
        source = exported(block + "  - block: 6\n  - block: 7\n")
        assert "self.pool = nn.AdaptiveAvgPool2d(1)  # 4×1×1\n" in source
        assert "6×" not in source

    def test_a_number_that_forward_needs_is_kept(self):
        text = """
input: [6, 8, 8]
blocks:
  cut: {args: {n: required}, layers: [{slice: {start: 1, stop: $n, axis: 0}}, {tanh, name: length}]}
layers: [cut: 6, cut: 4]
"""
        source = exported(text)
        assert ["Cut(length2: int)"] == heads(source)
        assert "torch.narrow(x, 1, 1, self.length2)" in source
        assert nn.Tanh is type(cnnspec.build(checked(text))[0].length)

    def test_a_parameters_size_follows_the_channels(self):
        text = """
input: [4, 8, 8]
blocks: {b: {layers: [{conv: {out_channels: 2 * $in_channels, kernel_size: 1}}, {scale: 0.1, name: gamma}]}}
layers: [b, b]
"""
        assert "nn.Parameter(torch.full((out_channels, 1, 1), 0.1))" in exported(text)


class TestFunctions:
    CHAIN = """
input: [4, 8, 8]
blocks:
  unit:
    args: {n: required, k: 3}
    layers: [conv: {out_channels: $n, kernel_size: $k, padding: $k // 2}, bn, relu]
layers:
"""

    def test_a_chain_that_recurs_is_a_function(self):
        source = exported(self.CHAIN + "  - unit: 5\n  - unit: 6\n  - unit: 7\n  - unit: {n: 8, k: 1}\n")
        expected = "unit(in_channels: int, out_channels: int, kernel_size: int, padding: int=0)"
        assert [expected] == heads(source)
        assert "unit(5, 6, 3, padding=1),  # 6×8×8\n" in source
        assert "unit(7, 8, 1),  # 8×8×8\n" in source

    def test_a_chain_stays_where_it_is_when_a_function_saves_no_lines(self):
        assert [] == heads(exported(self.CHAIN + "  - unit: 5\n  - unit: 6\n"))

    def test_equal_modules_in_a_row_are_a_loop_and_each_its_own(self):
        text = self.CHAIN + "  - {unit: 4, repeat: 5}\n"
        assert "        *(unit() for _ in range(5)),\n" in exported(text)
        model = cnnspec.build(checked(text))
        assert 5 == len({id(module) for module in model})
        assert not torch.equal(model[0][0].weight, model[1][0].weight)

    def test_two_in_a_row_are_written_out(self):
        assert "range" not in exported(self.CHAIN + "  - {unit: 4, repeat: 2}\n")

    def test_names_that_are_not_positions_are_no_loop(self):
        source = exported("input: [4]\nlayers: [{relu, name: a}, {relu, name: b}, {relu, name: c}]\n")
        assert "range" not in source


class TestNames:
    @pytest.mark.parametrize(
        "name", ["in_channels", "out_channels", "stride", "padding", "module", "model", "x", "_", "self", "p"]
    )
    def test_a_block_may_be_called_as_an_argument_is(self, name):
        text = f"""
input: [4, 16, 16]
blocks:
  {name}: {{args: {{n: required}}, layers: [conv: {{out_channels: $n, kernel_size: 1}}, relu, bn, relu]}}
  outer:
    args: {{n: required}}
    layers:
      - {{conv: {{out_channels: $n, kernel_size: 3, stride: $n // 4, padding: 1}}, name: out_channels}}
      - add: [{{{name}: $n, name: {name}_}}, []]
      - {name}: 2 * $n
layers: [outer: 4, outer: 8, outer: 12]
init: {{conv: zeros}}
"""
        exported(text.replace("name: self_", "name: s").replace("name: __", "name: s"))

    def test_a_function_and_a_class_do_not_differ_in_a_capital_alone(self):
        text = """
input: [4, 8, 8]
blocks:
  unit: {args: {n: required}, layers: [conv: {out_channels: $n, kernel_size: 1}, bn, relu, {layers: [bn]}]}
  Unit: {args: {n: required}, layers: [add: [[bn, {dropout: $n}], []]]}
layers: [unit: 5, unit: 6, unit: 7, Unit: 0.1, Unit: 0.2]
"""
        names = {head.partition("(")[0] for head in heads(exported(text))}
        assert {"unit", "Unit2"} == names

    def test_what_is_inside_is_named_after_its_module(self):
        text = """
input: [4, 8, 8]
blocks:
  b:
    args: {n: required}
    layers:
      - {conv: {out_channels: $n, kernel_size: 1}, name: one}
      - {conv: {out_channels: 2 * $n, kernel_size: 1}, name: two}
      - {conv: {out_channels: 3 * $n, kernel_size: 1}, name: three}
      - add: [[relu], []]
layers: [b: 5, b: 6]
"""
        expected = "B(in_channels: int, one_out_channels: int, two_out_channels: int, out_channels: int)"
        assert [expected] == heads(exported(text))

    def test_what_is_inside_a_module_without_a_name_is_hidden(self):
        text = """
input: [4, 8, 8]
blocks:
  b: {args: {n: required}, layers: [conv: {out_channels: $n, kernel_size: 1}, conv: {out_channels: 4, kernel_size: 1}, add: [[relu], []]]}
layers: [b: 5, b: 6]
"""
        assert ["B(hidden_channels: int)"] == heads(exported(text))


class TestForward:
    def test_branches_stand_inside_the_merge_in_their_order(self):
        text = """
input: [4, 8, 8]
layers:
  - concat: [{layers: [relu, tanh], name: a}, {layers: [bn, relu], name: b}, []]
  - add: [[{dropout: 0.5}, relu], []]
"""
        source = exported(text)
        assert "x = torch.cat([self.a(x), self.b(x), x], dim=1)\n" in source

    def test_a_group_with_several_outputs_stands_before_their_merge(self):
        text = "input: [4]\nlayers: [{name: a, layers: [{relu, name: b}, {tanh, name: c}]}, {concat: [a.b, a.c]}]\n"
        assert "self.a(x)\n        return torch.cat([" in exported(text)

    def test_what_is_read_twice_has_a_name(self):
        text = "input: [4]\nlayers: [{add: [{relu, name: a}, []]}, {add: [[], a]}]\n"
        source = exported(text)
        assert "self.a(x)\n" in source

    def test_a_long_merge_is_not_one_line(self):
        branches = ", ".join(f"{{layers: [relu, tanh], name: {'branch' * 3}{i}}}" for i in range(6))
        source = exported(f"input: [4, 8, 8]\nlayers:\n  - concat: [{branches}]\n")
        assert max(map(len, source.splitlines())) <= 110


class TestRounds:
    HEAD = """
input: [8, 4, 4]
blocks:
  unit: {args: {n: 4}, layers: [conv: {out_channels: $n, kernel_size: 1}, bn, relu, tanh]}
layers:
"""

    def test_rounds_that_grow_by_equal_steps_are_a_loop(self):
        source = exported(self.HEAD + "  - {concat: [[], {unit, name: unit$($i + 1)}], repeat: 6}\n")
        expected = """\
    def __init__(self) -> None:
        super().__init__()
        for i in range(6):
            self.add_module(f"unit{i + 1}", unit(8 + 4 * i))  # 4×4×4

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for i in range(6):
            x = torch.cat([x, getattr(self, f"unit{i + 1}")(x)], dim=1)
        return x
"""
        assert source.endswith(expected)

    def test_four_rounds_are_written_out(self):
        source = exported(self.HEAD + "  - {concat: [[], {unit, name: unit$($i + 1)}], repeat: 4}\n")
        assert "for i" not in source
        assert source.endswith("        return torch.cat([x, self.unit4(x)], dim=1)\n")

    def test_rounds_before_another_end_are_a_loop_too(self):
        rounds = (
            "  - {concat: [[], {unit, name: unit$($i + 1)}], repeat: 6}\n  - add: [[], {relu, name: last}]\n"
        )
        source = exported(self.HEAD + rounds)
        assert source.endswith("dim=1)\n        return x + self.last(x)\n")

    def test_rounds_may_shrink(self):
        rounds = "  - {conv: {out_channels: 14 - $i, kernel_size: 1}, name: c$(9 - $i), repeat: 6}\n"
        source = exported("input: [15, 4, 4]\nlayers:\n" + rounds + "  - add: [[relu], []]\n")
        assert 'self.add_module(f"c{9 - i}", nn.Conv2d(15 - i, 14 - i, 1))' in source
        assert 'x = getattr(self, f"c{9 - i}")(x)' in source

    def test_rounds_that_only_training_needs_stay_where_they_are(self):
        text = """
input: [4, 4, 4]
layers:
  - {relu, name: trunk}
  - {conv: {out_channels: 5 + $i, kernel_size: 1}, name: c$i, repeat: 6}
  - {tanh, name: aux}
  - {tanh, name: main, from: trunk}
output: {main: main, aux: {from: aux, only: train}}
"""
        model, x = cnnspec.build(checked(text)), torch.rand(1, 4, 4, 4)
        assert ["main", "aux"] == list(model.train()(x))
        assert ["main"] == list(model.eval()(x))

    def test_numbers_in_a_tuple_count(self):
        pool = "maxpool: {kernel_size: [3, 1], stride: [$i + 1, 1], padding: [1, 0]}"
        rounds = f"  - {{{pool}, name: p$i, repeat: 5}}\n"
        source = exported("input: [4, 512, 4]\nlayers:\n" + rounds + "  - add: [[relu], []]\n")
        made = "nn.MaxPool2d((3, 1), stride=(i + 1, 1), padding=(1, 0))"
        assert f'self.add_module(f"p{{i}}", {made})' in source

    def test_a_loop_may_begin_where_a_shorter_run_ends(self):
        rounds = "  - {unit: {n: 1 if $i == 0 else 3 + $i}, name: unit$i, repeat: 8}\n"
        expected = """\
        self.unit0 = unit(8, 1)  # 1×4×4
        self.unit1 = unit(1, 4)  # 4×4×4
        for i in range(6):
            self.add_module(f"unit{i + 2}", unit(i + 4, i + 5))
"""
        assert expected in exported(self.HEAD + rounds + "  - add: [[], {relu, name: last}]\n")

    def test_a_factor_is_no_module_to_loop_over(self):
        rounds = "  - {scale: 0.5, name: gamma$i, repeat: 6}\n"
        assert "for i" not in exported("input: [2, 4, 4]\nlayers:\n" + rounds)

    def test_a_line_that_is_too_long_is_no_loop(self):
        name = "a_name_that_goes_on_and_on" * 3
        assert "for i" not in exported(
            self.HEAD + f"  - {{unit: 8, name: {name}$i, repeat: 6}}\n  - add: [[relu], []]\n"
        )

    def test_unequal_steps_are_no_loop(self):
        rounds = "  - {concat: [[], {unit: $i * $i + 1, name: unit$i}], repeat: 6}\n"
        assert "for i" not in exported(self.HEAD + rounds)

    def test_members_that_are_read_in_another_order_are_still_there(self):
        rounds = "  - {unit: 8, name: unit$i, repeat: 6}\n"
        skips = "".join(f"  - add: [[], unit{i}]\n" for i in (3, 0, 4))
        exported(self.HEAD + rounds + skips)

    def test_parts_of_numbers_and_keys_do_not_count(self):
        rounds = "  - {concat: [[], {layers: [dropout: 0.$, relu], name: d$}]}\n"
        text = "input: [2, 4, 4]\nlayers:\n" + "".join(rounds.replace("$", str(i)) for i in range(1, 7))
        assert "for i" not in exported(text)

    def test_a_block_may_be_called_i(self):
        rounds = "  - {concat: [[], {i, name: i$($i + 1)}], repeat: 6}\n"
        exported(self.HEAD.replace("unit", "i") + rounds)


class TestEmits:
    """What layers say of their arguments is what torch says."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_positional_arguments_have_torchs_names(self, kind):
        emit = sample_layer(kind).emit(written_input(kind))
        if not isinstance(emit, Module | Function):
            return
        assert len(emit.args) == len(emit.names)
        if emit.target in {"torch.cat", "torch.permute", "torch.narrow"}:
            return
        skipped = 0 if isinstance(emit, Module) else 1
        parameters = list(inspect.signature(target(emit.target)).parameters.values())[skipped:]
        assert [parameter.name for parameter in parameters[: len(emit.names)]] == list(emit.names)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_keyword_left_out_is_torchs_default(self, kind):
        emit = sample_layer(kind).emit(written_input(kind))
        if not isinstance(emit, Module | Function) or emit.target == "torch.cat":
            return
        parameters = inspect.signature(target(emit.target)).parameters if emit.defaults else {}
        assert {name: parameters[name].default for name in emit.defaults} == dict(emit.defaults)

    @pytest.mark.parametrize("kind", KINDS)
    def test_what_forward_keeps_hides_nothing_of_a_modules(self, kind):
        emit = sample_layer(kind).emit(written_input(kind))
        if isinstance(emit, Function):
            assert not [
                name for name in (*emit.names, *emit.kwargs, *emit.defaults) if hasattr(nn.Module(), name)
            ]


def test_eight_times_the_network_is_at_most_about_eight_times_the_work():
    def work(depth: int) -> int:
        text = TestClasses.BLOCK + f"  - {{block: {{n: $i + 1, p: 1 / ($i + 2)}}, repeat: {depth}}}\n"
        plan = checked(text).plan
        return calls(lambda: python_module(plan))

    assert work(800) < 9 * work(100)


def test_what_is_not_used_is_not_imported():
    plan = cnnspec.check_text(
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [stochastic_depth: 0.1]\n"
    ).require_plan()
    assert "functional" not in python_source(plan)
