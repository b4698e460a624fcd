"""The range test and `tune lr`: what is suggested, what stays as it was, what is said of a range that tells nothing."""

import json

import pytest
import torch

from cnnspec.backend.build import build
from cnnspec.core.errors import UserError
from cnnspec.library.specs import check
from cnnspec.render.plot import plot
from cnnspec.runner.errors import FIRST_STEP, NonFiniteError
from cnnspec.runner.lr_finder import Curve, range_test
from cnnspec.settings.optimizers.sgd import Sgd
from cnnspec.settings.train import Train
from tests.runner.trainings import fit_of


def test_a_range_test_leaves_the_model_and_chance_as_they_were_bit_for_bit():
    model = build(check("digits").plan)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    fit = fit_of(model, Train(optimizer=Sgd(lr=0.1, momentum=0.9)))
    torch.manual_seed(5)
    random = torch.get_rng_state()
    curve = range_test(fit, 1e-4, 10, 60)
    assert torch.equal(random, torch.get_rng_state())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert curve.lrs[0] == pytest.approx(1e-4)
    ratios = [b / a for a, b in zip(curve.lrs, curve.lrs[1:], strict=False)]
    assert [pytest.approx(1e5 ** (1 / 59))] * len(ratios) == ratios
    assert 0.001 < curve.suggested < 5


def test_a_range_that_is_far_too_high_ends_early():
    fit = fit_of(build(check("digits").plan), Train(optimizer=Sgd(lr=0.1)))
    curve = range_test(fit, 1e-3, 1e30, 40)
    assert len(curve.lrs) < 40


def test_the_suggestion_is_where_the_loss_falls_fastest():
    curve = Curve([1.0, 10.0, 100.0, 1000.0, 10000.0], [5.0, 4.9, 4.5, 1.9, 3.0], 5)
    assert curve.suggested == 100.0
    with pytest.raises(UserError, match="the loss hardly falls between lr 1 and 100: from 1 to 1"):
        _ = Curve([1.0, 10.0, 100.0], [1.0, 1.1, 2.0], 3).suggested
    with pytest.raises(UserError, match="hardly falls between lr 1 and 100: from 2"):
        _ = Curve([1.0, 10.0, 100.0], [2.31, 2.3, 2.4], 3).suggested


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


def test_a_range_test_takes_as_many_images_a_step_as_the_training():
    curves = []
    for size, accumulate in ((64, 1), (8, 8)):
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
        config = Train(optimizer=Sgd(lr=0.1), batch_size=size, accumulate=accumulate, validation=0)
        curves.append(range_test(fit_of(model, config), 1e-3, 1, 20))
    assert curves[0].losses == pytest.approx(curves[1].losses, rel=1e-3)


def test_a_first_gradient_that_is_not_finite_is_not_blamed_on_the_rate():
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    fit = fit_of(model, Train(optimizer=Sgd(lr=0.1)))
    model[1].weight.register_hook(lambda gradient: gradient * torch.inf)
    with pytest.raises(NonFiniteError, match=r"the gradient of 1\.weight is not finite in step 1") as caught:
        range_test(fit, 1e-4, 1, 20)
    assert f"{FIRST_STEP}." == caught.value.hint


def test_a_range_test_ends_at_a_gradient_that_is_not_finite():
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    fit = fit_of(model, Train(optimizer=Sgd(lr=0.1)))
    model[1].weight.register_hook(lambda gradient: gradient * (torch.inf if fit.done else 1))
    assert len(range_test(fit, 1e-4, 1, 20).lrs) == 2


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
            "cnnspec.runner.lr_finder._grown", lambda *_: Curve([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], 10)
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
    monkeypatch.setattr("cnnspec.runner.lr_finder._grown", lambda *_: Curve([low, 2 * low], [1.0, 2.0], 150))
    code, _, err = run("tune", "lr", spec, "--low", low)
    assert (1, f"error: the loss runs away at once, at lr {2 * low:g}\n  {remedy}\n") == (code, err)


def test_a_curve_is_drawn_between_its_extremes():
    text = plot([1, 10, 100], [3.0, 1.0, 2.0], width=30, height=4, mark=10)
    lines = text.splitlines()
    assert lines[0].strip().startswith("3 │")
    assert lines[3].strip().startswith("1 │")
    assert lines[5].index("▲") == 11 + 9
    assert lines[6].split() == ["1.0e+00", "1.0e+02"]
    assert "⠁" in plot([1.0], [2.0], width=20, height=2, mark=1.0)
