"""Checks are found by their folder, and imported when a spec has what they look at."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cnnspec
from cnnspec.compiler.checks.run import FOLDERS, check_modules, checks_of
from cnnspec.library.specs import shipped_networks
from tests.findings import codes

PROBE = """
import sys
import cnnspec
assert cnnspec.check_text(sys.argv[1]).ok
print(*{name.split(".")[3] for name in sys.modules if name.count(".") == 4 and "compiler.checks" in name})
"""
PLAIN = "cnnspec: 1\ninput: [1, 28, 28]\n"
LAYERS = "layers: [flatten, linear: 10]\n"


@pytest.mark.parametrize("room", FOLDERS)
def test_each_file_of_a_folder_is_one_check(room):
    modules = list(check_modules(room))
    assert [module.__name__ for module in modules] == [check.rule.__module__ for check in checks_of(room)]


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        (f"{PLAIN}{LAYERS}", {"network"}),
        (f"{PLAIN}{LAYERS}train: {{epochs: 3}}", {"network", "training"}),
        (f"{PLAIN}{LAYERS}data: mnist", {"network", "training", "data"}),
        (f"{PLAIN}vars: {{many: 10}}\nlayers: [flatten, linear: $many]", {"network", "names"}),
    ],
    ids=["layers", "train", "data", "vars"],
)
def test_checks_that_a_spec_can_not_need_are_not_imported(text, rooms):
    done = subprocess.run([sys.executable, "-c", PROBE, text], capture_output=True, text=True, check=True)
    assert rooms == set(done.stdout.split())


@pytest.mark.parametrize(
    ("train", "column"),
    [
        ("train: {augment: [hflip, random_crop: 8]}", 26),
        ("train: {cache: none}", 16),
        ("train: {loss: {cross_entropy: {weight: [1, 2]}}}", 15),
        ("train: {batch_size: 2000}", 21),
    ],
)
def test_a_finding_stands_where_the_field_that_it_names_is_written(train, column):
    text = f"cnnspec: 1\ninput: [1, 8, 8]\n{LAYERS}data: digits\n{train}"
    (found,) = cnnspec.check_text(text).diagnostics
    assert (5, column) == found.place[1:3]


def test_what_is_not_written_is_told_where_the_data_asks_for_training():
    text = "cnnspec: 1\ninput: [10, 8, 8]\nlayers: [global_avgpool, flatten]\ndata: fake"
    (found,) = cnnspec.check_text(text).diagnostics
    assert ("nothing-to-train", 4, 7) == (found.code, *found.place[1:3])


def test_a_default_that_does_not_suit_is_told_at_train():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\nvars: {how: {memory_format: channels_last}}\ntrain: $how"
    (found,) = cnnspec.check_text(text).diagnostics
    assert ("no-planes", 5, 8) == (found.code, *found.place[1:3])


@pytest.mark.parametrize(
    ("network", "against"),
    [
        ("input: [2, 100]\nlayers: [{conv: {out_channels: 2, kernel_size: 3}}]", "the input is 2×100"),
        ("input: [1, 8, 8]\nlayers: [flatten, linear: 10]", "no layer here has such filters"),
    ],
)
def test_channels_last_is_refused_with_what_is_against_it(network, against):
    (found,) = cnnspec.check_text(
        f"cnnspec: 1\n{network}\ntrain: {{memory_format: channels_last}}"
    ).diagnostics
    assert ("no-planes", True) == (found.code, found.message.endswith(against))


@pytest.mark.parametrize("kind", ["softmax", "softmin", "log_softmax", "sigmoid"])
def test_what_squashes_scores_is_told_before_cross_entropy(kind):
    text = f"input: [1, 8, 8]\nlayers: [flatten, linear: 10, {kind}]\ndata: digits\n"
    assert ["softmax-before-cross-entropy"] == codes(text)


@pytest.mark.parametrize(
    "settings", [{"blocks": {}}, {"blocks.c": {"args": {"k": 1}, "layers": [{"maxpool": "$k"}]}}]
)
def test_what_blocks_read_is_looked_for_in_those_that_settings_leave(settings):
    text = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {w: 4}\nblocks: {b: {args: {s: 1}, layers: [maxpool: $s]}}\nlayers: [conv: {out_channels: $w, kernel_size: 1}]\n"
    assert cnnspec.check_text(text, settings=settings).ok


@pytest.mark.parametrize("network", shipped_networks())
def test_no_network_that_ships_has_a_warning(network):
    assert () == cnnspec.check(network).diagnostics


def test_a_finding_about_the_input_names_the_field_that_it_is_about():
    text = "cnnspec: 1\ninput: {a: [3, 8, 8], b: [8, 8, 3]}\nlayers: [concat: [a, {flatten, from: b}]]"
    (found,) = (d for d in cnnspec.check_text(text).diagnostics if d.severity == "warning")
    assert (2, 26) == found.place[1:3]


@pytest.mark.parametrize(
    "layers",
    [
        "[{conv: {out_channels: 8, kernel_size: 3}, repeat: 3}, bn, relu, relu]",
        "[conv: {out_channels: 2, kernel_size: 9}, {relu, name: lost}, {tanh, from: nowhere}]",
    ],
)
def test_beside_an_error_a_design_is_not_judged(layers):
    found = cnnspec.check_text(f"cnnspec: 1\ninput: [3, 8, 8]\nlayers: {layers}\nvars: {{a: $b}}").diagnostics
    assert {"error"} == {diagnostic.severity for diagnostic in found}
