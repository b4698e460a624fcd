"""A block's instance that is repeated is what a walk through the block gives."""

from __future__ import annotations

from unittest.mock import patch

import pytest

import cnnspec
from cnnspec.compiler.walk.block_cache import Instances
from cnnspec.library.specs import shipped_networks
from tests.literate import Case, cases


def _told(result) -> tuple[object, ...]:
    """All of a result that anyone can see."""
    plan = result.plan
    found = [
        (d.code, d.message, d.place[1:], d.hint, [r.message for r in d.related]) for d in result.diagnostics
    ]
    if plan is None:
        return (found,)
    place = {value: name for name, value in plan.inputs.items()} | {
        node.output: node.path for node in plan.nodes
    }
    nodes = [
        (
            node.path,
            node.kind,
            node.layer,
            [place.get(value) for value in node.inputs],
            node.output.shape,
            node.place[1:],
            node.weights,
            node.params,
            node.macs,
        )
        for node in plan.nodes
    ]
    outputs = [(output.key, place.get(output.value)) for output in plan.outputs]
    return found, nodes, outputs, list(plan.init), dict(plan.blocks)


def _walked(check):
    with patch.object(Instances, "known", lambda *_: None):
        return _told(check())


@pytest.mark.parametrize("name", sorted(shipped_networks()))
def test_a_shipped_network_is_the_same_as_walked(name: str):
    assert _walked(lambda: cnnspec.check(name)) == _told(cnnspec.check(name))


@pytest.mark.parametrize(
    "case", [case for case in cases() if "blocks:" in case.spec], ids=lambda case: f"{case.name}:{case.first}"
)
def test_a_case_is_the_same_as_walked(case: Case):
    assert _walked(lambda: cnnspec.check_text(case.spec)) == _told(cnnspec.check_text(case.spec))


SPEC = """
cnnspec: 1
input: [8, 16, 16]
vars: {pool: [1, 2]}
blocks:
  inner: {args: {channels: $in_channels}, layers: [conv: {out_channels: $channels, kernel_size: 1}]}
  reads: {layers: [inner, relu]}
  unit: {args: {channels: required, stride: 1}, layers: [conv: {out_channels: $channels, kernel_size: 3, stride: $stride}, relu]}
  checked: {layers: [{relu, expect: [8, 16, 16]}]}
  joined: {inputs: [skip], layers: [concat: [[], skip]]}
  told: {layers: [conv: {out_channels: 4, kernel_size: 3, in_channels: 8}]}
layers:
"""


@pytest.mark.parametrize(
    ("items", "codes", "repeated"),
    [
        ("[unit: 8, unit: 8, unit: 8]", [], 2),
        ("[unit: 8, unit: {channels: 8, stride: 2}, unit: 4]", [], 0),
        ("[unit: {channels: 8, stride: $pool}, unit: {channels: 8, stride: $pool}]", [], 1),
        ("[reads, reads, unit: 4, reads]", [], 1),
        ("[checked, unit: 4, checked]", ["wrong-expectation"], 0),
        ("[told, told]", ["wrong-assertion"], 0),
        ("[{unit: 8, repeat: 9}]", ["kernel-too-large"], 6),
        (
            "[{relu, name: a}, joined: {skip: a}, {relu, name: b}, joined: {skip: a}, joined: {skip: a}]",
            [],
            1,
        ),
        ("[{layers: [unit: 8, unit: 8], init: {conv: zeros}}, unit: 8]", [], 1),
    ],
)
def test_an_instance_is_repeated_where_nothing_it_depends_on_differs(items, codes, repeated):
    done = []
    repeat = Instances.repeat

    def watched(self, *args):
        result = repeat(self, *args)
        done.append(result)
        return result

    def check():
        return cnnspec.check_text(SPEC + f"  {items}\n")

    with patch.object(Instances, "repeat", watched):
        result = check()
    errors = [found.code for found in result.diagnostics if found.severity == "error"]
    assert (codes, repeated) == (errors, sum(value is not None for value in done))
    assert _walked(check) == _told(result)


def test_repeated_items_count_towards_the_limit(monkeypatch):
    monkeypatch.setattr("cnnspec.compiler.walk.limits.MOST_ITEMS", 100)
    text = SPEC + "  [{joined: {skip: input}, repeat: 20}, {reads, repeat: %d}]\n"
    assert ["too-many-items"] == [found.code for found in cnnspec.check_text(text % 20).diagnostics]
    assert [] == [
        found.code for found in cnnspec.check_text(text % 9).diagnostics if found.severity == "error"
    ]
