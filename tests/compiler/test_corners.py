"""Corners of checking that the literate cases don't reach."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from torch import nn

import cnnspec
from cnnspec.compiler import receptive_field
from cnnspec.compiler.check import check_text
from cnnspec.compiler.names import names
from cnnspec.compiler.names.reserved import RESERVED
from cnnspec.compiler.receptive_field import receptive_fields
from cnnspec.core.diagnostic import Source
from cnnspec.layers.other_libraries import plain
from cnnspec.library import specs
from cnnspec.reader.document import read
from cnnspec.settings.augmentations import AUGMENTATIONS
from cnnspec.settings.datasets import DATA
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.other_libraries import ARGUMENT_SPELLINGS
from cnnspec.settings.schedules import SCHEDULES
from cnnspec.settings.train import Train


def codes(text: str, **options: object) -> list[str]:
    return [found.code for found in check_text(f"cnnspec: 1\n{text}", **options).diagnostics]


def test_the_resolved_spec_names_the_network_and_holds_what_was_set():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {width: 4}\nvariants: {wide: {width: 8}}\nlayers: [conv: {out_channels: $width, kernel_size: 1}]\n"
    result = check_text(text, "net.yaml", variant="wide", settings=["train.epochs=3"])
    again = check_text(result.resolved, "elsewhere.yaml")
    assert ("wide", 3, 8) == (again.plan.name, again.train.epochs, again.plan.nodes[0].output.shape.channels)
    assert () == again.diagnostics
    assert "name: net\n" in check_text(text, "net.yaml").resolved


def test_a_resolved_spec_keeps_its_own_name():
    result = check_text("name: own\ninput: [1, 8, 8]\nlayers: [relu]\n", "net.yaml")
    assert 1 == result.resolved.count("name:")
    assert "own" == check_text(result.resolved, "elsewhere.yaml").plan.name


def test_blocks_may_nest_so_far_and_no_further():
    blocks = "".join(f"  b{i}: {{layers: [b{i + 1}]}}\n" for i in range(70)) + "  b70: {layers: [relu]}\n"
    assert ["too-deep"] == codes(f"input: [1, 8, 8]\nlayers: [b0]\nblocks:\n{blocks}")
    assert "too-deep" not in codes(f"input: [1, 8, 8]\nlayers: [b10]\nblocks:\n{blocks}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: $missing\nlayers: [relu]\n", ["unknown-variable"]),
        ("input: $shape\nvars: {shape: [1, 8, 8]}\nlayers: [relu]\n", []),
        ("input: $shape\nvars: {shape: [1, 0, 8]}\nlayers: [relu]\n", ["bad-input"]),
        ("input: $shape\nvars: {shape: 3}\nlayers: [relu]\n", ["bad-input"]),
        ("input: []\nlayers: [relu]\n", ["bad-input"]),
        ("input: [1, 2, 3, 4, 5]\nlayers: [relu]\n", ["bad-input"]),
        (
            "input: [1, 8, 8]\nlayers: [{relu, name: a}]\noutput: {a: {from: a, when: $missing}}\n",
            ["unknown-variable"],
        ),
        ("input: [1, 8, 8]\nlayers: [{relu, name: a}]\noutput: {a: {from: a, when: text}}\n", ["bad-value"]),
        ("input: [1, 8, 8]\nlayers: [{relu, expect: [$missing, 8, 8]}]\n", ["unknown-variable"]),
        (
            "input: [1, 8, 8]\nlayers: [{relu, name: a}]\noutput: {a: {from: a, only: train}}\n",
            ["bad-output"],
        ),
        ("input: [1, 8, 8]\nlayers: [{concat: [[], []], axis: 0}]\n", ["unknown-key"]),
        (
            "input: [1, 8, 8]\nlayers: [{relu, name: a, repeat: $missing}, {relu, from: a}]\n",
            ["unknown-variable"],
        ),
        ("input: [1, 8, 8]\nlayers: [{bn, init: $missing}]\n", ["unknown-variable"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: null}]\n", []),
        (
            "input: [1, 8, 8]\nlayers: [{bn, init: {weight: ones, bias: {normal: {std: -1}}}}]\n",
            ["bad-value"],
        ),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {weight: ones, biass: zeros}}]\n", ["unknown-key"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {uniform: {a: 2, b: 1}}}]\n", ["bad-init"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {trunc_normal: {a: 2, b: 1}}}]\n", ["bad-init"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: xavier_uniform}]\n", ["bad-init"]),
        ("input: [1, 8, 8]\nlayers: [flatten, {linear: 2, init: dirac}]\n", ["bad-init"]),
        (
            "input: [4, 8, 8]\nlayers: [{conv: {out_channels: 3, kernel_size: 1}, init: {dirac: {groups: 2}}}]\n",
            ["bad-init"],
        ),
        (
            "input: [1, 8, 8]\nlayers: [{conv: {out_channels: 3, kernel_size: 9}, init: ones}]\n",
            ["kernel-too-large"],
        ),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: $missing\n", ["unknown-variable"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: [digits]\n", ["unknown-choice"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: {digits: , mnist: }\n", ["bad-choice"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: {digits: 3}\n", ["bad-value"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: 3\n", ["bad-value"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: $missing\n", ["unknown-variable"]),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: {optimizer: null}\n", ["bad-value"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {constant: $missing}}]\n", ["unknown-variable"]),
        (
            "input: [1, 8, 8]\nlayers: [conv_transpose: {out_channels: 3, kernel_size: 100000, stride: 100000}]\n",
            [],
        ),
    ],
)
def test_a_mistake_is_one_diagnostic(text, expected):
    assert expected == codes(text)


def test_a_shuffle_by_more_than_can_be_looked_at_has_no_receptive_field():
    text = "cnnspec: 1\ninput: [10000000000, 1, 1]\nlayers: [pixel_shuffle: 100000, conv: {out_channels: 1, kernel_size: 1}]\n"
    plan = check_text(text).plan
    assert [None, None] == list(receptive_fields(plan).values())


class TestLibrary:
    def test_a_path_needs_no_ending_when_it_is_a_path(self, tmp_path):
        file = tmp_path / "spec"
        file.write_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n")
        assert cnnspec.check(file).ok
        assert cnnspec.check(str(file)).ok

    def test_a_variant_is_split_off_after_the_last_slash(self, tmp_path):
        folder = tmp_path / "at@home"
        folder.mkdir()
        (folder / "a.yaml").write_text(
            "cnnspec: 1\ninput: [1, 8, 8]\nvars: {w: 1}\nvariants: {two: {w: 2}}\nlayers: [conv: {out_channels: $w, kernel_size: 1}]\n"
        )
        assert ["a", "two"] == [cnnspec.check(f"{folder}/a.yaml{v}").plan.name for v in ("", "@two")]

    def test_a_variant_that_ships_is_found_by_its_own_name(self, tmp_path, monkeypatch):
        spec = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {w: 1}\nvariants: {tiny: {w: 2}}\nlayers: [conv: {out_channels: $w, kernel_size: 1}]\n"
        (tmp_path / "family.yaml").write_text(spec)
        monkeypatch.setattr(specs, "_folder", lambda: tmp_path)
        specs._shipped.cache_clear()
        try:
            assert "tiny" == cnnspec.check("tiny").plan.name
            assert "family" == cnnspec.check("family").plan.name
            assert ["unknown-spec"] == [found.code for found in cnnspec.check("large").diagnostics]
        finally:
            specs._shipped.cache_clear()

    def test_a_file_without_an_ending_is_pointed_out(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        Path("mynet").write_text("cnnspec: 1\n")
        (found,) = cnnspec.check("mynet").diagnostics
        assert "./mynet" in found.hint

    def test_a_path_that_no_system_takes_is_told(self):
        (found,) = cnnspec.check("a\0b/c.yaml").diagnostics
        assert "unreadable-file" == found.code

    def test_a_file_in_a_folder_that_is_not_there_is_told(self, tmp_path):
        (found,) = cnnspec.check(tmp_path / "no" / "net.yaml").diagnostics
        assert "file-not-found" == found.code


def test_lines_beyond_the_end_are_empty():
    assert ["a", "b", ""] == [Source("x", "a\nb").line(n) for n in (1, 2, 3)]


def test_reading_leaves_the_garbage_collector_as_it_was():
    gc.disable()
    try:
        read(Source("x", "a: 1"))
        assert not gc.isenabled()
    finally:
        gc.enable()
    read(Source("x", "a: 1"))
    assert gc.isenabled()


def test_the_names_that_torchs_module_keeps_are_reserved():
    own = {name for name in dir(nn.Module()) if not (name.startswith("__") and name.endswith("__"))}
    assert own <= RESERVED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: {$missing: {}}\n", ["unknown-variable"]),
        ("input: [1, 8, 8]\nlayers: [{bn, init: {constant: [$missing]}}]\n", ["unknown-variable"]),
        (
            "input: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: {epochs: $missing, batch: 3}\n",
            ["unknown-variable", "unknown-argument"],
        ),
        ("input: [1, 8, 8]\nlayers: [softmax: {dim: one}]\n", ["unknown-argument"]),
        ("input: [1, 8, 8]\nlayers: [softmax: {dim: 0}]\n", ["unknown-argument"]),
        ("input: [1, 8, 8]\nlayers: [{maxpool: 2, kernel_size: 3}]\n", ["unknown-key"]),
        (
            "input: [1, 8, 8]\nlayers: [add: [[conv: {out_channels: 2, kernel_size: 1, bias: 1}], []]]\n",
            ["bad-value"],
        ),
        ("input: [1, 8, 8]\nvars: {a: 'x\\\n  y $b'}\nlayers: [relu]\n", ["expression-syntax"]),
        ('input: [1, 8, 8]\nvars: {a: "\\x24b + 1"}\nlayers: [relu]\n', ["unknown-variable"]),
        (
            "input: {a: [1, 8, 8], b: [1, 8, 8]}\nlayers: [add: [a, b], flatten, linear: 10]\ndata: {digits: {}}\n",
            ["input-mismatch"],
        ),
        ("input: [1, 9, 9]\nlayers: [flatten, linear: 10]\ndata: {digits: {}}\n", ["input-mismatch"]),
    ],
)
def test_these_too(text, expected):
    assert sorted(expected) == sorted(codes(text))


def test_an_empty_mapping_is_told_at_its_own_place():
    found = check_text("{}").diagnostics
    assert ["missing-key", "missing-key"] == [d.code for d in found if d.severity == "error"]


def test_a_value_of_a_variable_keeps_its_form():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {opt: {adam: {betas: [0.8, 0.9]}}}\nlayers: [flatten, linear: 10]\ndata: digits\ntrain: {optimizer: $opt}\n"
    assert (0.8, 0.9) == check_text(text).train.optimizer.betas


def test_a_hole_in_one_branch_is_filled_by_the_other():
    items = "  - conv_transpose: {out_channels: 1, kernel_size: 1, stride: 2}\n"
    text = f"cnnspec: 1\ninput: [1, 8, 8]\nlayers:\n  - add:\n    - [{items.strip()[2:]}]\n    - [upsample: 2, slice: {{stop: 15, axis: 1}}, slice: {{stop: 15, axis: 2}}]\n"
    plan = check_text(text).plan
    assert (1, 1) == receptive_fields(plan)[plan.nodes[-1]]


def test_phases_that_are_alike_are_one():
    """Nearest upsampling and a pool of the same width leave a plain stride behind."""
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [upsample: 4, avgpool: {kernel_size: 1, stride: 2}, avgpool: 2]\n"
    plan = check_text(text).plan
    assert [(1, 1), (1, 1), (1, 1)] == list(receptive_fields(plan).values())


def test_branches_with_too_many_phases_between_them_have_no_answer():
    one, other = (
        f"[upsample: 31, avgpool: {{kernel_size: 1, stride: {n}}}, upsample: {n}]" for n in (33, 32)
    )
    result = check_text(f"cnnspec: 1\ninput: [1, 1056]\nlayers:\n  - add: [{one}, {other}]\n")
    assert result.ok
    assert receptive_fields(result.plan)[result.plan.nodes[-1]] is None


class TestBounds:
    """What no spec may cost. Work is counted, not timed."""

    def test_many_wrong_names_are_searched_for_a_few_times(self, monkeypatch):
        calls = []
        monkeypatch.setattr(names, "did_you_mean", lambda *_: calls.append(1) or "")
        items = "".join(f"  - {{relu, name: layer{i}x, from: nosuch{i}x}}\n" for i in range(300))
        found = codes(f"input: [1, 8, 8]\nlayers:\n{items}")
        assert {"unknown-name"} == set(found)
        assert len(calls) <= 50

    def test_the_spec_is_searched_for_names_once(self, monkeypatch):
        calls = []
        collect = names._collect
        monkeypatch.setattr(names, "_collect", lambda *args: calls.append(1) or collect(*args))
        codes("input: [1, 8, 8]\nlayers:\n" + "".join(f"  - {{relu, from: no{i}}}\n" for i in range(20)))
        assert 1 + 20 == len(calls), "the list, and what each item holds"

    def test_wide_windows_over_many_phases_have_no_receptive_field(self, monkeypatch):
        reads = []
        read_one = receptive_field._read
        monkeypatch.setattr(receptive_field, "_read", lambda *args: reads.append(1) or read_one(*args))
        convs = "  - conv: {out_channels: 1, kernel_size: 2047, padding: 1023}\n" * 30
        plan = check_text(
            f"cnnspec: 1\ninput: [1, 8]\nlayers:\n  - upsample: 64\n  - upsample: 16\n{convs}"
        ).plan
        assert receptive_fields(plan)[plan.nodes[-1]] is None
        assert len(reads) < 200_000

    def test_weights_that_no_memory_holds_are_an_error(self):
        text = "input: [2000000000, 1, 1]\nlayers: [conv: {out_channels: 9000000000, kernel_size: 1}]\n"
        assert ["output-too-large"] == codes(text)

    def test_a_long_index_of_a_setting_is_no_number(self):
        text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n"
        (found,) = check_text(text, settings=[f"layers.{'9' * 5000}=relu"]).diagnostics
        assert "bad-setting" == found.code


@pytest.mark.parametrize("kind", ["softmax", "softmin", "log_softmax", "sigmoid"])
def test_what_squashes_scores_is_told_before_cross_entropy(kind):
    text = f"input: [1, 8, 8]\nlayers: [flatten, linear: 10, {kind}]\ndata: digits\n"
    assert ["softmax-before-cross-entropy"] == codes(text)


def test_an_item_that_takes_its_own_output_is_told_so():
    (found,) = check_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers:\n  - {relu, name: a, from: a}\n").diagnostics
    assert "its own output" in found.hint


def test_a_choice_that_is_null_is_told_what_there_is():
    (found,) = check_text(
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 10]\ntrain: {optimizer: null}\n"
    ).diagnostics
    assert "one of sgd, adam, adamw" in found.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input: [1, 8, 8]\nblocks: {relu: {layers: [tanh]}}\nlayers: [relu]\n", ["reserved-name"]),
        ("input: [1, 8, 8]\nlayers: [relu]\nloss: mse\n", ["unknown-key"]),
        ("input: [1, 8, 8]\nlayers: [relu]\noutput_shape: 10\n", ["unknown-key"]),
        ("input: {channels: 3, height: 32, width: 32}\nlayers: [relu]\n", ["bad-input"]),
    ],
)
def test_a_guess_is_not_read_further(text, expected):
    assert expected == codes(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("input: [1, 8, 8]\nlayers: [bn: 64]\n", "Write `bn`: its channels are inferred."),
        ("input: [1, 8, 8]\nlayers: [flatten: 1]\n", "Write `flatten: {start_axis: 0}`"),
        ("input: [1, 8, 8]\nlayers: [relu]\nloss: mse\n", "It goes under `train:`"),
        ("input: [1, 8, 8]\nlayers: [relu]\ntrain: {lr: 0.01}\n", "write `optimizer: {sgd: {lr: …}}`"),
        (
            "input: [1, 8, 8]\nlayers: [conv: {out_channels: 2, kernel_size: 1, bias: 'false'}]\n",
            "Write it without quotes.",
        ),
        ("input: [1, 8, 8]\nlayers:\n  - conv {out_channels: 2, kernel_size: 1}\n", "Write `conv: {…}`."),
        ("input: [1, 8, 8]\nlayers:\n  - conv:{out_channels: 2, kernel_size: 1}\n", "Write `conv: {…}`."),
        (
            "input: [1, 8, 8]\nlayers: [relu]\ntrain: {optimizer: {adam: {}, sgd: {}}}\n",
            "Keep one of adam, sgd",
        ),
        ("input: {channels: 3, height: 32, width: 32}\nlayers: [relu]\n", "Write `input: [3, 32, 32]`"),
    ],
)
def test_a_hint_says_what_to_write(text, words):
    (found,) = check_text(f"cnnspec: 1\n{text}").diagnostics
    assert words in found.hint


def test_a_variant_that_is_not_there_has_no_plan():
    result = check_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n", variant="nope")
    assert (None, ["unknown-variant"]) == (result.plan, [found.code for found in result.diagnostics])


def test_a_pipe_is_no_spec(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert ["not-a-file"] == [found.code for found in cnnspec.check(tmp_path / "pipe.yaml").diagnostics]


def test_a_name_inside_another_item_on_the_same_line_is_told_as_such():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [{layers: [{relu, name: x}], name: g}, {relu, from: x}]\n"
    (found,) = check_text(text).diagnostics
    assert "inside another item" in found.hint


def test_the_state_of_a_network_with_a_mistake_is_what_is_known():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [conv: {out_channels: 2, kernel_size: 3}, linear: x, bn]\n"
    plan = cnnspec.check_text(text).plan
    assert {"0.weight": (2, 1, 3, 3), "0.bias": (2,)} == plan.state()


def test_a_wrong_value_is_traced_to_where_it_was_set():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {width: 8}\nlayers: [conv: {out_channels: $width, kernel_size: 3}]\n"
    (found,) = cnnspec.check_text(text, settings={"width": "ten"}).diagnostics
    assert ("bad-value", 4) == (found.code, found.place.line)
    assert [("--set width", "$width is 'ten'")] == [(r.place.source.name, r.message) for r in found.related]


def test_what_others_call_an_argument_of_the_settings_leads_to_one_that_is_there_and_is_called_otherwise():
    models = [Train, *(model for t in (DATA, OPTIMIZERS, SCHEDULES, AUGMENTATIONS) for model in t.values())]
    fields = {name for model in models for name in model.model_fields}
    assert set() == set(ARGUMENT_SPELLINGS) - fields
    assert [] == [name for name, words in ARGUMENT_SPELLINGS.items() if plain(name) in words]
