"""`cnnspec tune lr`: what it prints, and what it says of a range that tells nothing."""

from __future__ import annotations

import json

import pytest

from cnnspec.runner.lr_finder import LossCurve

SPEC = """\
cnnspec: 1
name: tiny
input: [1, 8, 8]
layers: [{conv: {out_channels: 6, kernel_size: 3, bias: false}}, bn, relu, flatten, {dropout: 0.1}, {linear: 10}]
data: digits
train: {epochs: 3, optimizer: {adamw: {lr: 0.01}}}
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "tiny.yaml"
    path.write_text(SPEC)
    return path


def test_tune_lr_draws_a_curve_and_suggests_a_setting(run, spec):
    code, out, err = run("tune", "lr", spec, "--steps", "60")
    assert (code, err) == (0, "")
    assert "The loss falls fastest at lr " in out
    assert "--set train.optimizer.adamw.lr=" in out
    assert max(map(len, out.splitlines())) <= 80
    assert not (spec.parent / "runs").exists()


def test_tune_lr_speaks_json(run, spec):
    code, out, _ = run("tune", "lr", spec, "--steps", "40", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert len(found["lr"]) == len(found["loss"]) <= 40
    assert found["set"] == [f"train.optimizer.adamw.lr={found['suggested']:g}"]


def test_tune_lr_suggests_all_rates_that_it_tried_together(run, spec):
    optimizer = "train.optimizer={muon: {lr: 0.02, adamw_lr: 0.002}}"
    layers = "layers=[flatten, linear: 16, relu, linear: 16, relu, linear: 10]"
    code, out, _ = run("tune", "lr", spec, "--set", optimizer, "--set", layers, "--format", "json")
    suggested = json.loads(out)["suggested"]
    assert code == 0
    assert json.loads(out)["set"] == [
        f"train.optimizer.muon.lr={suggested:g}",
        f"train.optimizer.muon.adamw_lr={suggested / 10:g}",
    ]


def test_tune_lr_of_an_optimizer_that_finds_its_steps_itself_is_refused(run, spec):
    code, out, err = run("tune", "lr", spec, "--set", "train.optimizer=rprop")
    assert (1, "") == (code, out)
    assert "rprop finds its steps' lengths itself" in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--low", "1", "--high", "1"), 2, "--low 1 must be less than --high 1, which must be finite"),
        (("--low", "nan"), 2, "--low nan must be less than --high 10"),
        (("--high", "inf"), 2, "--high inf, which must be finite"),
        (("--low", "1e-300"), 2, "--low 1e-300 and --high 10 must be from 1e-30 to 1e+30"),
        (("--low", "1e200", "--high", "1e300"), 2, "must be from 1e-30 to 1e+30: fp32 holds little beyond"),
        (("--low", "1e20", "--high", "1e30"), 1, "the loss runs away at once, at lr 1e+20"),
        (("--low", "1e20", "--high", "1e30"), 1, "Try lower rates, such as --low 1e-06."),
        (("--low", "1e-20", "--high", "1e-19", "--set", "train.seed=3", "--steps", "10"), 1, "hardly falls"),
    ],
)
def test_a_range_that_tells_nothing_is_told(run, spec, arguments, code, message, monkeypatch):
    if "hardly" in message:
        monkeypatch.setattr(
            "cnnspec.runner.lr_finder.range_test", lambda *_: LossCurve([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
        )
    found, _, err = run("tune", "lr", spec, *arguments)
    assert code == found
    assert message in err


@pytest.mark.parametrize(
    ("low", "remedy"),
    [
        (1e-3, "Try lower rates, such as --low 1e-06."),
        (1e-6, "Try lower rates, such as --low 1e-09."),
        (1e-29, "Try a lower --high, or more --steps: the rate grows more slowly then."),
    ],
)
def test_a_loss_that_runs_away_at_once_has_a_remedy_within_reach(run, spec, monkeypatch, low, remedy):
    monkeypatch.setattr(
        "cnnspec.runner.lr_finder.range_test", lambda *_: LossCurve([low, 2 * low], [1.0, 2.0])
    )
    code, _, err = run("tune", "lr", spec, "--low", low)
    assert (1, f"error: the loss runs away at once, at lr {2 * low:g}\n  {remedy}\n") == (code, err)
