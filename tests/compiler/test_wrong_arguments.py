"""A wrong argument is told where its value was written, and hides nothing that does not depend on it."""

from __future__ import annotations

import pytest

from cnnspec.compiler.check import check_text

HEAD = "cnnspec: 1\ninput: [3, 32, 32]\n"


def told(text: str) -> list[tuple[int, str]]:
    return [(found.place.line, found.code) for found in check_text(HEAD + text).diagnostics]


BLOCKS = """blocks:
  top: {args: {}, layers: [outer: {size: '5'}]}
  outer: {args: {size: required}, layers: [inner: {kernel: $size}]}
  inner:
    args: {kernel: 1, width: 4}
    layers: [conv: {out_channels: $width, kernel_size: $kernel}]
layers:
"""


@pytest.mark.parametrize(
    ("item", "line"),
    [("inner: {kernel: '3'}", 10), ("outer: {size: '3'}", 10), ("inner: {kernel: 3.0}", 10), ("top", 4)],
)
def test_a_value_is_wrong_where_it_was_written_however_many_calls_hand_it_on(item: str, line: int) -> None:
    result = check_text(f"{HEAD}{BLOCKS}  - {item}\n")
    (found,) = result.diagnostics
    assert ("bad-value", line) == (found.code, found.place.line)
    assert (8, "$kernel is used here") == (found.related[0].place.line, found.related[0].message)


def test_a_value_that_no_number_resembles_is_wrong_where_it_is_used() -> None:
    assert [(8, "bad-value")] == told(f"{BLOCKS}  - inner: {{kernel: three}}\n")


def test_a_wrong_operand_is_told_where_it_was_written() -> None:
    text = "vars: {width: '8'}\nlayers: [conv: {out_channels: $width * 2, kernel_size: 1}]\n"
    assert [(3, "wrong-operand")] == told(text)


@pytest.mark.parametrize(
    ("item", "behind"),
    [
        ("conv: {out_channels: 8, kernel_size: 3, bias: maybe}", "conv: {out_channels: 4, kernel_size: 31}"),
        ("conv: {out_channels: 8}", "bn: {num_features: 4}"),
        ("conv: {out_channels: 8, kernel_size: 3, paddig: 1}", "bn: {num_features: 4}"),
        ("conv: {out_channels: $x, kernel_size: 3}", "conv: {out_channels: 4, kernel_size: 31}"),
        ("dropout: 7", "bn: {num_features: 4}"),
        ("conv: {kernel_size: 3, padding: 1}", "conv: {out_channels: 4, kernel_size: 33}"),
        ("maxpool: {kernel_size: 2, ceil_mode: 7}", "conv: {out_channels: 4, kernel_size: 17}"),
    ],
)
def test_sizes_that_do_not_depend_on_it_are_known(item: str, behind: str) -> None:
    lines = [line for line, _ in told(f"layers:\n  - {item}\n  - {behind}\n  - relu\n")]
    assert [4, 5] == lines


@pytest.mark.parametrize(
    ("item", "behind"),
    [
        ("conv: {out_channels: 8, kernel_size: x}", "conv: {out_channels: 4, kernel_size: 31}"),
        ("depthwise: {stride: 2, padding: 1}", "conv: {out_channels: 4, kernel_size: 31}"),
        ("conv: {out_channels: x, kernel_size: 3}", "bn: {num_features: 4}"),
        ("flatten: {start_axis: x}", "bn: {num_features: 4}"),
        ("conv: {out_channels: 8, kernel_size: 90, bias: maybe}", "bn: {num_features: 4}"),
        ("add: [[relu]]", "bn: {num_features: 4}"),
        ("resize: {like: nowhere, mode: maybe}", "bn: {num_features: 4}"),
        ("no_kind: 3", "bn: {num_features: 4}"),
        ("conv: [3]", "bn: {num_features: 4}"),
    ],
)
def test_what_depends_on_it_is_not_guessed(item: str, behind: str) -> None:
    assert {4} == {line for line, _ in told(f"layers:\n  - {item}\n  - {behind}\n")}


def test_a_layer_with_a_wrong_argument_may_be_what_gave_a_size() -> None:
    text = "layers:\n  - dropout: 7\n  - bn: {num_features: 4}\n"
    *_, found = check_text(HEAD + text).diagnostics
    assert ["dropout gave 3×32×32"] == [related.message for related in found.related]
