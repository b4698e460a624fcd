"""Random specs are fine; damaged ones get diagnostics, and never a crash, a hang or silence."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnspec
from cnnspec.codegen.python_module import python_source
from cnnspec.compiler.check import Result, check_text
from cnnspec.core.diagnostic_text import diagnostic_text
from cnnspec.library.specs import shipped_specs
from cnnspec.render.json_data import summary_data
from cnnspec.render.layer_table import render
from tests.literate import cases

RANDOM = settings(deadline=None, derandomize="CI" in os.environ)

Lines = list[str]
"""Items in block style, one a line where they hold no others: `- relu`, or `- layers:` and its items further in."""

NEUTRAL = """
relu
bn
identity
tanh
softmax
layernorm
instancenorm
prelu
groupnorm: 1
leaky_relu: 0.1
lrn: 3
dropout_channels: 0.1
pad: 0
upsample: 1
channel_shuffle: 1
permute: [0, 2, 1]
slice: {part: 0, of: 1}
rmsnorm: {axis: [0, 1]}
resize: {like: input}
depthwise: {kernel_size: 3, padding: 1}
maxpool: {kernel_size: 3, stride: 1, padding: 1}
avgpool: {kernel_size: [3, 1], stride: 1, padding: [1, 0]}
conv: {out_channels: $in_channels, kernel_size: 1}
{relu, repeat: 2}
{bn, when: true}
{add: [input, []], expect: [4, 12, 12]}
"""
"""Items that keep the shape 4×12×12."""


ITEMS = st.sampled_from([[f"- {line}"] for line in NEUTRAL.strip().split("\n")])


def group(items: Lines, repeat: int) -> Lines:
    return ["- layers:", *(f"    {line}" for line in items), f"  repeat: {repeat}"]


def merge(kind: str, branch: Lines, other: Lines) -> Lines:
    branches = [["- " + lines[0], *(f"  {line}" for line in lines[1:])] for lines in (branch, other) if lines]
    return [f"- {kind}:", *(f"    {line}" for lines in branches for line in lines), "    - []"]


def several(items: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    return st.lists(items, min_size=1, max_size=4).map(
        lambda parts: [line for part in parts for line in part]
    )


def nested(items: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    inner = several(items)
    groups = st.builds(group, inner, st.integers(1, 2))
    return groups | st.builds(merge, st.sampled_from(["add", "multiply"]), inner, inner | st.just([]))


LAYERS = several(st.recursive(ITEMS, nested, max_leaves=8)).map(lambda layers: [*layers, "- identity"])
HEAD = ["cnnspec: 1", "input: [4, 12, 12]", "layers:"]


def spec(layers: Lines) -> str:
    return "\n".join([*HEAD, *layers, "- flatten", "- {linear: 10, expect: [10]}", ""])


def checked(text: str, **options: str | list[str]) -> Result:
    """Check a text, and do all that the command line does with the result."""
    result = check_text(text, **options)
    assert all(diagnostic_text(found) for found in result.diagnostics)
    if result.plan is not None:
        assert render(result.plan, explain=True)
        assert summary_data(result, result.plan)
    if result.ok:
        assert result.plan is not None
        compile(python_source(result.plan), "net.py", "exec")
    return result


@RANDOM
@given(LAYERS)
def test_a_random_spec_is_fine(layers: Lines) -> None:
    assert [] == errors(checked(spec(layers)))


def errors(result: Result) -> list[tuple[int, str]]:
    """Line and code of each error; warnings of a random spec are no matter."""
    return [(found.place.line, found.code) for found in result.diagnostics if found.severity == "error"]


def leaves(layers: Lines) -> list[int]:
    """The indices of lines that are an item each."""
    return [
        index
        for index, line in enumerate(layers)
        if re.fullmatch(r" *- (?!layers|add|multiply|\[|- ).*", line)
    ]


MISTAKES = st.sampled_from(
    [
        ("rely", "unknown-kind"),
        ("Conv2d: {out_channels: 4, kernel_size: 1}", "unknown-kind"),
        ("maxpol: 2", "unknown-kind"),
        ("{relu, nmae: act}", "unknown-key"),
        ("conv: {out_channels: 4, kernel_size: 1, strides: 1}", "unknown-argument"),
        ("conv: {out_channels: -4, kernel_size: 1}", "bad-value"),
        ("conv: {out_channels: 4, kernel_size: 0}", "bad-value"),
        ("conv: {out_channels: 4}", "missing-argument"),
        ("dropout: 2", "bad-value"),
        ("maxpool: -2", "bad-value"),
        ("conv: {out_channels: 99999999999999999999, kernel_size: 1}", "number-too-large"),
        ("conv: {out_channels: four, kernel_size: 1}", "bad-value"),
        ("conv: {out_channels: true, kernel_size: 1}", "bad-value"),
        ("bn: {num_features: 5}", "wrong-assertion"),
        ("{relu, expect: [4, 12, 13]}", "wrong-expectation"),
        ("{relu, from: nowhere}", "unknown-name"),
        ("conv: {out_channels: 4, kernel_size: 13}", "kernel-too-large"),
        ("conv: {out_channels: 4, kernel_size: 1, groups: 3}", "indivisible-groups"),
        ("{relu, repeat: -1}", "bad-repeat"),
        ("dropout: $p", "unknown-variable"),
        ("linear: 3", "channels-not-last"),
    ]
)


@RANDOM
@given(LAYERS, MISTAKES, st.data())
def test_a_mistake_is_told_at_its_line_and_nowhere_else(
    layers: Lines, mistake: tuple[str, str], data: st.DataObject
) -> None:
    written, code = mistake
    index = data.draw(st.sampled_from(leaves(layers)))
    indent = layers[index].partition("-")[0]
    damaged = [*layers[:index], f"{indent}- {written}", *layers[index + 1 :]]
    assert [(len(HEAD) + index + 1, code)] == errors(checked(spec(damaged)))


SOUND = [
    *(case.spec for case in cases() if all(mark.sign not in {"error", "warning"} for mark in case.marks)),
    *(path.read_text("utf-8") for path in shipped_specs().values()),
]
_SCRAPS = """
0 -1 1 2.5 0.1 1e999 -.inf .nan true null ~ '' "" [] {} [[]] [1,2] {a:1} 99999999999999999999 1_0 0x1g
- : , # & * ! | > % @ ` ' " ? [ ] { } << &a *a !!x --- ... $ $$ $x $i ${x} $(1) $in_channels é
relu conv add layers input name from repeat when expect init of args inputs required
"""
SCRAPS = ["\t", "\u2028", "\x00", *_SCRAPS.split()]
TOKEN = re.compile(r"[\w.$]+|[^\w\s]|\s+")

WAYS = ("delete line", "duplicate line", "move line", "indent line", "replace", "delete", "insert", "swap")

Damage = Callable[[str], str]


@st.composite
def damage(draw: st.DrawFn) -> Damage:
    """Delete, duplicate or move a line, or replace, delete or insert a token."""
    where, other = draw(st.floats(0, 1, exclude_max=True)), draw(st.floats(0, 1, exclude_max=True))
    what = draw(st.sampled_from(WAYS))
    scrap = draw(st.sampled_from(SCRAPS))

    def done(text: str) -> str:
        parts = text.splitlines(keepends=True) if "line" in what else TOKEN.findall(text)
        here, there = int(where * len(parts)), int(other * len(parts))
        if not parts:
            return scrap
        part = parts[here]
        changed = {
            "delete line": [],
            "duplicate line": [part, part],
            "move line": [],
            "indent line": [f"  {part}"],
            "replace": [scrap],
            "delete": [],
            "insert": [part, scrap],
            "swap": [parts[there]],
        }[what]
        parts[here : here + 1] = changed
        if what == "move line":
            parts.insert(there, part)
        return "".join(parts)

    return done


@settings(RANDOM, max_examples=1500)
@given(st.sampled_from(SOUND), st.lists(damage(), min_size=1, max_size=3))
def test_a_damaged_spec_is_checked_without_a_crash(text: str, damages: list[Damage]) -> None:
    for change in damages:
        text = change(text)
    result = checked(text)
    assert result.ok == (not any(found.severity == "error" for found in result.diagnostics))


@settings(RANDOM, max_examples=200)
@given(
    st.sampled_from(SOUND),
    st.sampled_from(SCRAPS),
    st.sampled_from(["width", "layers.0", "layers.1.conv", "train.epochs", "input.0", "vars", "x-a.b"]),
)
def test_a_damaged_setting_is_checked_without_a_crash(text: str, scrap: str, path: str) -> None:
    assert checked(text, variant="tiny", settings=[f"{path}={scrap}"]).source


@pytest.mark.parametrize(
    "layer",
    [
        "upsample: 1e308",
        "conv_transpose: {out_channels: 4, kernel_size: 1, stride: 4611686018427387904}",
        "conv_transpose: {out_channels: 4, kernel_size: 100000000, stride: 100000000}",
        "pad: 9000000000000000000",
        "conv: {out_channels: 4, kernel_size: 12, padding: 9000000000000000000}",
        "conv: {out_channels: 9000000000000000000, kernel_size: 1}",
        "adaptive_avgpool: 9000000000000000000",
        "resize: 9000000000000000000",
        "maxpool: {kernel_size: 3, dilation: 9000000000000000000}",
        "channel_shuffle: 9000000000000000000",
        "pixel_unshuffle: 9000000000000000000",
        "depthwise: {kernel_size: 1, multiplier: 9000000000000000000}",
        "slice: {start: -9000000000000000000}",
        "unflatten: {axis: 0, unflattened_size: [-1, 9000000000000000000]}",
        "lrn: 9000000000000000000",
    ],
)
def test_huge_numbers_are_checked_at_once(layer: str) -> None:
    assert checked(spec([f"- {{{layer}, repeat: 400}}"])).source


def test_a_sound_spec_is_what_damage_begins_with() -> None:
    assert [] == [text for text in SOUND if not cnnspec.check_text(text).ok]
