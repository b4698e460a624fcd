"""`cnnspec diff` as a user types it: what it prints, and how it exits."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from cnnspec.core.terminal import text_width

NET = """\
cnnspec: 1
input: [1, 28, 28]
layers:
  - conv: {out_channels: 10, kernel_size: 5}
  - relu
  - maxpool: 2
  - {name: body, layers: [{conv: {out_channels: 20, kernel_size: 5}}, relu]}
  - flatten
  - {linear: 10, name: head}
data: mnist
train: {epochs: 3}
"""
CHANGED = (
    NET.replace("  - relu\n", "  - bn\n  - relu\n")
    .replace(
        "- flatten", "- {name: more, layers: [{conv: {out_channels: 20, kernel_size: 1}}, tanh]}\n  - flatten"
    )
    .replace("epochs: 3", "epochs: 5")
    .replace("out_channels: 10", "out_channels: 12")
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(NET, "utf-8")
    Path("b.yaml").write_text(CHANGED, "utf-8")
    return tmp_path


def test_equal_specs_exit_with_0(run):
    Path("b.yaml").write_text(f"# the same\n{NET}", "utf-8")
    assert (0, "a.yaml → b.yaml\nNothing differs. 6 of 6 tensors carry over.\n", "") == run(
        "diff", "a.yaml", "b.yaml"
    )


def test_what_differs_is_listed_with_numbers_and_exits_with_1(run):
    assert (1, "") == run("diff", "a.yaml", "b.yaml")[::2]
    assert run("diff", "a.yaml", "b.yaml")[1] == (
        "a.yaml → b.yaml\n"
        "Layers: 3 added (+), 1 changed (~), 3 resized (^), 1 renamed (=).\n"
        "\n"
        "~ 0  conv\n"
        "    out_channels: 10 → 12\n"
        "    10×24×24 → 12×24×24, 260 → 312 parameters, 0.14 M → 0.17 M MACs\n"
        "+ 1  bn  12×24×24, 24 parameters\n"
        "+ more  2 layers, 420 parameters\n"
        "^ 1 → 2  relu  10×24×24 → 12×24×24\n"
        "^ 2 → 3  maxpool  10×12×12 → 12×12×12\n"
        "^ body.0  conv  5,020 → 6,020 parameters, 0.32 M → 0.38 M MACs\n"
        "= 4 → 6  flatten\n"
        "\n"
        "input       1×28×28\n"
        "output      10\n"
        "parameters  18,090 → 19,586 (+8.3 %)\n"
        "MACs        0.48 M → 0.60 M (+24.8 %)\n"
        "weights     3 of 6 tensors carry over; 3 of another size (0.weight, 0.bias,\n"
        "    body.0.weight); 10 of 13 start anew\n"
        "\n"
        "~ train.epochs: 3 → 5\n"
    )


def test_it_goes_both_ways(run):
    out = run("diff", "b.yaml", "a.yaml")[1]
    assert "- 1  bn  12×24×24, 24 parameters\n" in out
    assert "- more  2 layers, 420 parameters\n" in out
    assert "parameters  19,586 → 18,090 (-7.6 %)\n" in out


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize(("before", "after"), [("a.yaml", "b.yaml"), ("resnet18", "resnet50"), ("mnist", "unet"), ("mnist", "mnist_named")])  # fmt: skip
def test_it_fits_the_terminal(run, monkeypatch, width, before, after):
    monkeypatch.setenv("COLUMNS", str(width))
    code, out, _ = run("diff", before, after, "--all")
    assert 1 == code
    assert [] == [line for line in out.splitlines() if text_width(line) > width and " " in line.strip()]


def test_what_follows_is_folded_unless_all_is_asked_for(run):
    out = run("diff", "mnist", "mnist_named")[1]
    assert ("= 5 → conv2.2  maxpool\n" in out, "= 8 → fc.1" in out) == (True, False)
    assert "  … and 3 more renamed: --all lists them\n" in out
    assert "8 of 8 tensors carry over once renamed (0.weight → conv1.0.weight,\n" in out
    assert "= 8 → fc.1  linear\n" in run("diff", "mnist", "mnist_named", "--all")[1]


def test_settings_and_outputs_alone_may_differ(run):
    Path("b.yaml").write_text(NET.replace("epochs: 3", "epochs: 4"), "utf-8")
    Path("c.yaml").write_text(NET + "output: [head]\n", "utf-8")
    code, out, _ = run("diff", "a.yaml", "b.yaml")
    assert (1, True) == (code, "All 7 layers are the same." in out)
    code, out, _ = run("diff", "a.yaml", "c.yaml")
    assert (1, True) == (code, "output      10, but of other layers, or in another form" in out)


def test_weights_that_would_load_into_another_layer_are_told(run):
    Path("a.yaml").write_text("cnnspec: 1\ninput: [4, 8, 8]\nlayers: [relu, bn]\n", "utf-8")
    Path("b.yaml").write_text(
        "cnnspec: 1\ninput: [4, 8, 8]\nlayers: [relu, bn: {eps: 0.1}, tanh, bn]\n", "utf-8"
    )
    out = run("diff", "a.yaml", "b.yaml")[1]
    assert "beware: 1.weight, 1.bias, 1.running_mean and 2 more would load into another\n    layer\n" in out


def test_starts_of_parameters_are_told_together(run):
    Path("b.yaml").write_text(NET + "init: {conv: zeros, linear: {bias: ones}}\n", "utf-8")
    out = run("diff", "a.yaml", "b.yaml")[1]
    assert "~ init of 0.weight, body.0.weight: torch's own → zeros\n" in out
    assert "~ init of head.bias: torch's own → ones\n" in out


def test_macs_that_look_the_same_have_all_their_digits(run):
    pooled = NET.replace("- flatten", "- global_avgpool\n  - flatten")
    Path("a.yaml").write_text(pooled, "utf-8")
    Path("b.yaml").write_text(
        pooled.replace("data: mnist\n", "").replace("linear: 10", "linear: 11"), "utf-8"
    )
    assert "MACs        464,200 → 464,220 (+0.0 %)\n" in run("diff", "a.yaml", "b.yaml")[1]


def test_a_network_without_parameters_has_no_share(run):
    for name, kind in (("a", "relu"), ("b", "bn")):
        Path(f"{name}.yaml").write_text(f"cnnspec: 1\ninput: [4, 8, 8]\nlayers: [{kind}]\n", "utf-8")
    out = run("diff", "a.yaml", "b.yaml")[1]
    assert "~ 0  bn\n    kind: relu → bn\n    0 → 8 parameters\n" in out
    assert "parameters  0 → 8\n" in out


def test_settings_hold_for_both_sides(run):
    code, out, _ = run("diff", "resnet18", "resnet34", "--set", "num_classes=7")
    assert (1, True) == (code, "output      7\n" in out)


def test_json_has_all_of_it(run):
    code, out, _ = run("diff", "a.yaml", "b.yaml", "--format", "json")
    data = json.loads(out)
    assert 1 == code
    assert ["equal", "before", "after", "same_interface", "layers", "weights", "settings"] == list(data)
    totals = {"input": [1, 28, 28], "output": [10], "params": 18090, "macs": 476800, "flops": 953600}
    assert {"spec": "a.yaml", "ok": True, **totals, "diagnostics": []} == data["before"]
    assert {"changed", "added", "resized", "renamed"} == {change["change"] for change in data["layers"]}
    assert {
        "change": "changed",
        "before": {
            "path": "0",
            "kind": "conv",
            "line": 4,
            "output": [10, 24, 24],
            "params": 260,
            "macs": 144000,
        },
        "after": {
            "path": "0",
            "kind": "conv",
            "line": 4,
            "output": [12, 24, 24],
            "params": 312,
            "macs": 172800,
        },
        "differences": [
            {"what": "out_channels", "before": 10, "after": 12},
            {"what": "output", "before": [10, 24, 24], "after": [12, 24, 24]},
            {"what": "params", "before": 260, "after": 312},
            {"what": "macs", "before": 144000, "after": 172800},
        ],
    } == data["layers"][0]
    assert {"before": 6, "after": 13} == data["weights"]["tensors"]
    assert {"before": "0.weight", "after": "0.weight"} in data["weights"]["resized"]
    assert [{"path": "train.epochs", "before": 3, "after": 5}] == data["settings"]


def test_json_of_equal_specs_is_short(run):
    code, out, _ = run("diff", "a.yaml", "a.yaml", "--format", "json")
    data = json.loads(out)
    assert (0, True, [], []) == (code, data["equal"], data["layers"], data["settings"])


@pytest.mark.parametrize(
    ("sides", "which"),
    [
        (("bad.yaml", "a.yaml"), ["A"]),
        (("a.yaml", "bad.yaml"), ["B"]),
        (("bad.yaml", "gone.yaml"), ["A", "B"]),
    ],
)
def test_a_side_with_errors_is_named_and_exits_with_2(run, sides, which):
    Path("bad.yaml").write_text(NET.replace("kernel_size: 5}", "kernel_size: 50}", 1), "utf-8")
    code, out, err = run("diff", *sides)
    assert (2, "") == (code, out)
    assert which == [line[0] for line in err.splitlines() if line.endswith("can't be compared:")]
    assert "bad.yaml:4:" in err
    code, out, _ = run("diff", *sides, "--format", "json")
    data = json.loads(out)
    assert (2, None) == (code, data["equal"])
    assert [side in which for side in "AB"] == [not data[side]["ok"] for side in ("before", "after")]
    assert {"equal", "before", "after"} == data.keys()


@pytest.mark.parametrize(
    ("side", "code"),
    [
        ("mnsit", "unknown-spec"),
        ("resnet@resnet19", "unknown-variant"),
        ("./gone.yaml", "file-not-found"),
        (".", "unknown-spec"),
        ("./", "not-a-file"),
        ("", "unknown-spec"),
        ("a.yaml@tiny", "unknown-variant"),
    ],
)
def test_what_is_no_spec_is_told(run, side, code):
    status, out, err = run("diff", "a.yaml", side)
    assert (2, "", True) == (status, out, f"error[{code}]" in err)


def test_a_setting_that_one_side_does_not_know_is_told_of_it(run):
    code, _, err = run("diff", "resnet18", "a.yaml", "--set", "num_classes=7")
    assert (2, ["B, a.yaml, can't be compared:"]) == (
        code,
        [line for line in err.splitlines() if "compared" in line],
    )


@pytest.mark.parametrize(
    "arguments", [(), ("a.yaml",), ("a.yaml", "b.yaml", "c.yaml"), ("a.yaml", "b.yaml", "--format", "xml")]
)
def test_wrong_usage_exits_with_2(run, arguments):
    assert (2, "") == run("diff", *arguments)[:2]


def test_two_revisions_are_compared(run, monkeypatch):
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    identity = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    for command in (["init"], ["add", "."], ["commit", "-m", "a net"]):
        subprocess.run(["git", *identity, *command], check=True, capture_output=True)
    assert 0 == run("diff", "HEAD:a.yaml", "a.yaml")[0]
    Path("a.yaml").write_text(CHANGED, "utf-8")
    code, out, _ = run("diff", "HEAD:a.yaml", "a.yaml")
    assert (1, "HEAD:a.yaml → a.yaml") == (code, out.splitlines()[0])
    assert 0 == run("diff", "HEAD:b.yaml", "./a.yaml")[0]
    code, _, err = run("diff", "HEAD~3:a.yaml", "a.yaml")
    assert (2, True) == (code, "error[unknown-revision] there is no revision HEAD~3" in err)
