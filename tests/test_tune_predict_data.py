"""`tune lr`, `predict` and `data`: what they print, what they leave as it was, what they say of bad input."""

import json
import os

import pytest
import torch
from PIL import Image

from cnnspec.backend.build import build
from cnnspec.core.errors import UserError
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.library.specs import check
from cnnspec.render.plot import plot
from cnnspec.runner.errors import FIRST_STEP, NonFiniteError
from cnnspec.runner.image_grid import grid, png
from cnnspec.runner.lr_finder import Curve, range_test
from cnnspec.runner.predict import chances
from cnnspec.settings.losses import LOSSES
from cnnspec.settings.optimizers.sgd import Sgd
from cnnspec.settings.train import Train
from tests.runner.trainings import RAW, fit_of

SPEC = """\
cnnspec: 1
name: tiny
input: [1, 8, 8]
layers: [{conv: {out_channels: 6, kernel_size: 3}}, bn, relu, flatten, {dropout: 0.1}, {linear: 10}]
data: digits
train: {epochs: 3, optimizer: {adamw: {lr: 0.01}}}
"""


@pytest.fixture
def spec(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "tiny.yaml"
    path.write_text(SPEC)
    return path


@pytest.fixture
def trained(run, spec):
    assert run("train", spec)[0] == 0
    return spec.parent / "runs" / "tiny" / "1"


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


def image_of(number, path):
    """A digit of the test set as a file."""
    pixels = bytes(RAW.test.images.ravel()[64 * number : 64 * number + 64])
    Image.frombytes("L", (8, 8), pixels).save(path)
    return RAW.class_names[RAW.test.labels[number]]


def test_predict_names_what_is_on_files_and_in_folders(run, trained, tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    names = {
        str(folder / f"{number:02}.png"): image_of(number, folder / f"{number:02}.png")
        for number in range(20)
    }
    code, out, err = run("predict", trained, folder, "--format", "json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(names) == [entry["file"] for entry in found]
    right = sum(entry["classes"][0]["class"] == names[entry["file"]] for entry in found)
    assert right >= 17
    for entry in found:
        chances = [part["probability"] for part in entry["classes"]]
        assert len(chances) == 5
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) <= 1.001


def test_predict_resizes_as_in_training_and_prints_a_line_a_class(run, trained, tmp_path):
    name = image_of(3, tmp_path / "small.png")
    with Image.open(tmp_path / "small.png") as small:
        small.resize((80, 80), Image.Resampling.NEAREST).convert("RGB").save(tmp_path / "large.png")
    code, out, _ = run("predict", trained, tmp_path / "large.png", "--top", "2")
    file, first, second = out.splitlines()
    assert (code, file) == (0, str(tmp_path / "large.png"))
    assert first.endswith(name)
    assert "%" in second


def test_predict_goes_on_after_a_file_it_cant_read(run, trained, tmp_path):
    image_of(0, tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(b"no image")
    code, out, err = run("predict", trained, tmp_path / "bad.png", tmp_path / "good.png")
    assert code == 1
    assert str(tmp_path / "good.png") in out
    assert f"error: {tmp_path / 'bad.png'}: not an image" in err
    code, out, _ = run("predict", trained, tmp_path / "bad.png", "--format", "json")
    assert (1, ["file", "error"]) == (code, list(json.loads(out)[0]))


def test_predict_speaks_json_of_a_file_whose_name_is_no_unicode(run, trained, tmp_path):
    image = tmp_path / os.fsdecode(b"caf\xe9.png")
    Image.new("L", (8, 8)).save(image)
    code, out, _ = run("predict", trained, image, "--format", "json")
    assert 0 == code
    assert [str(image)] == [one["file"] for one in json.loads(out)]


def test_predict_goes_on_after_a_file_that_is_not_there(run, trained, tmp_path):
    image_of(0, tmp_path / "good.png")
    arguments = ("predict", trained, "nope.png", tmp_path / "good.png", tmp_path / "good.png")
    code, out, err = run(*arguments)
    assert (1, 2) == (code, out.splitlines().count(str(tmp_path / "good.png")))
    assert "error: nope.png: there is no such file\n" == err
    first, second, _ = json.loads(run(*arguments, "--format", "json")[1])
    assert {"file": "nope.png", "error": "nope.png: there is no such file"} == first
    assert ["file", "classes"] == list(second)


def test_predict_tells_of_what_is_not_there(run, trained, tmp_path):
    assert "there is no such file" in run("predict", trained, "nothing.png")[2]
    (tmp_path / "empty").mkdir()
    assert "no image is in it" in run("predict", trained, tmp_path / "empty")[2]
    assert "not a run folder" in run("predict", tmp_path, tmp_path)[2]


def test_predict_tells_of_a_link_that_leads_nowhere(run, trained, tmp_path):
    folder = tmp_path / "links"
    folder.mkdir()
    image_of(0, folder / "good.png")
    (folder / "dead.png").symlink_to(folder / "nothing.png")
    code, out, err = run("predict", trained, folder, "--weights", "last", "--device", "cpu")
    assert code == 0
    assert "good.png" in out
    assert "skipped: " in err


def test_one_output_for_two_classes_is_predicted_as_two(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, grey in (("dark", 10), ("light", 240)):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(12):
            Image.new("L", (6, 6), grey + number // 2).save(tmp_path / "set" / name / f"{number}.png")
    (tmp_path / "two.yaml").write_text(
        "cnnspec: 1\ninput: [1, 4, 4]\nlayers: [flatten, linear: 1]\n"
        "data: {image_folder: {root: set, resize: stretch}}\n"
        "train: {epochs: 40, batch_size: 4, loss: bce, validation: 0, optimizer: {sgd: {lr: 1.0}}}\n"
    )
    code, out, err = run("train", "two.yaml")
    assert (code, out.splitlines()[0][:22]) == (0, "test accuracy 100.00 %"), err
    code, out, _ = run("predict", "runs/two/1", "set/light/3.png")
    assert out.split()[1:] == [out.split()[1], "%", "light", out.split()[4], "%", "dark"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cross_entropy", [[0.2689, 0.7311], [0.6225, 0.3775]]),
        ("bce", [[0.5, 0.7311], [0.8176, 0.7311]]),
        ("mse", [[0.0, 1.0], [1.0, 1.0]]),
    ],
)
def test_predict_shows_what_the_loss_takes_outputs_for(name, expected):
    found = chances(LOSSES[name](), torch.tensor([[0.0, 1.0], [1.5, 1.0]]))
    torch.testing.assert_close(found, torch.tensor(expected), rtol=0, atol=1e-4)


def test_predict_shows_a_perfect_output_of_mse_as_certain(run, spec, tmp_path):
    settings = ("--set", "train.loss=mse", "--set", "train.epochs=8", "--set", "name=squared")
    code, _, err = run("train", spec, *settings)
    assert code == 0, err
    name = image_of(3, tmp_path / "three.png")
    code, out, _ = run("predict", "runs/squared/1", tmp_path / "three.png", "--format", "json")
    first = json.loads(out)[0]["classes"][0]
    assert (0, name) == (code, first["class"])
    assert first["probability"] > 0.6


def test_data_counts_each_class_and_draws_what_the_network_sees(run, spec):
    code, out, err = run("data", spec)
    assert (code, err) == (0, "")
    assert "10 classes, images of 1×8×8, in memory, 112.3 KiB" in out
    assert ["all", "1,299", "143", "355"] in [line.split() for line in out.splitlines()]
    with Image.open(spec.parent / "tiny-data.png") as picture:
        assert (picture.format, picture.mode) == ("PNG", "L")
        assert picture.width == 8 * (8 * 10 + 2)


def test_data_speaks_json_and_draws_nothing_where_none_is_asked_for(run, spec):
    code, out, _ = run("data", spec, "--format", "json", "--images", "0")
    found = json.loads(out)
    assert (code, found["png"], found["shape"]) == (0, None, [1, 8, 8])
    assert found["total"] == {"train": 1299, "validation": 143, "test": 355}
    assert found["classes"]["0"] == {"train": 129, "validation": 14, "test": 35}
    assert ["tiny.yaml"] == [path.name for path in spec.parent.iterdir()]


def test_data_tells_of_files_their_sizes_and_which_are_bad(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(10):
            Image.new("RGB", (12 + number // 9, 9), (number, 200, 30)).save(
                tmp_path / "set" / name / f"{number}.png"
            )
    (tmp_path / "net.yaml").write_text(
        "cnnspec: 1\ninput: [3, 8, 8]\nlayers: [flatten, linear: 2]\n"
        "data: {image_folder: {root: set, on_bad: skip}}\ntrain: {batch_size: 4}\n"
    )
    code, out, err = run("data", "net.yaml", "--png", "seen.png")
    assert (code, err) == (0, "")
    assert "files: 12 to 13 wide, 9 to 9 high; most are 12×9" in out
    assert "mean 0." in out
    (tmp_path / "set" / "a" / "0.png").write_bytes(b"no image")
    code, out, err = run("data", "net.yaml")
    assert code == 0
    assert err == "skipped: set/a/0.png: not an image that Pillow knows\n"


def test_names_of_classes_and_files_cannot_move_the_terminals_cursor(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ("a\x1b[31mX", "b\nY")
    for number in range(12):
        path = tmp_path / "set" / names[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4), 20 * number).save(path)
    text = "cnnspec: 1\ninput: [1, 4, 4]\nlayers: [flatten, linear: 2]\ndata: {image_folder: set}\n"
    (tmp_path / "net.yaml").write_text(text + "train: {epochs: 1, batch_size: 4, validation: 0}\n")
    _, out, _ = run("data", "net.yaml")
    assert [r"a\x1b[31mX", r"b\nY"] == [line.split()[0] for line in out.splitlines()[-4:-2]]
    found = json.loads(run("data", "net.yaml", "--format", "json")[1])
    assert list(names) == list(found["classes"])
    assert run("train", "net.yaml")[0] == 0
    (tmp_path / "bad\x1b.png").write_bytes(b"no image")
    _, out, err = run("predict", "runs/net/1", "set", "bad\x1b.png")
    assert ("\x1b" in out + err, r"bad\x1b.png: not an image" in err) == (False, True)
    assert 12 * 3 == len(out.splitlines())


def test_the_bytes_of_a_binary_file_are_not_printed(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_bytes(b"image,label\n\x00\x01\x02,\x1b[31m\n")
    text = "cnnspec: 1\ninput: [1, 4, 4]\nlayers: [flatten, linear: 2]\ndata: {csv: t.csv}\n"
    (tmp_path / "net.yaml").write_text(text)
    code, _, err = run("data", "net.yaml")
    assert 1 == code
    assert err.replace("\n", "").isprintable()


def test_a_grid_has_grey_gaps_and_colours_where_they_are_colours():
    images = torch.zeros(3, 3, 2, 4)
    picture = grid(images, ChannelStatistics((255.0, 0.0, 0.0), (1.0, 1.0, 1.0)), columns=2, zoom=1)
    assert (picture.mode, picture.size) == ("RGB", (2 + 2 * 6, 2 + 2 * 4))
    assert picture.getpixel((2, 2)) == (255, 0, 0)
    assert picture.getpixel((0, 0)) == (128, 128, 128)
    five = grid(torch.zeros(1, 5, 2, 2), ChannelStatistics((0.0,) * 5, (1.0,) * 5), columns=1, zoom=2)
    assert (five.mode, five.size) == ("L", (12, 12))
    assert png(five).startswith(b"\x89PNG")
