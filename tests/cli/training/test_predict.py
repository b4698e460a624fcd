"""`cnnspec predict`: what it prints, and what it says of files that it can't read."""

from __future__ import annotations

import json
import os

import pytest
from PIL import Image

from tests.runner.trainings import (
    RAW,
)

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


@pytest.fixture
def trained(run, spec):
    assert run("train", spec)[0] == 0
    return spec.parent / "runs" / "tiny" / "1"


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


def test_predict_shows_a_perfect_output_of_mse_as_certain(run, spec, tmp_path):
    settings = ("--set", "train.loss=mse", "--set", "train.epochs=8", "--set", "name=squared")
    code, _, err = run("train", spec, *settings)
    assert code == 0, err
    name = image_of(3, tmp_path / "three.png")
    code, out, _ = run("predict", "runs/squared/1", tmp_path / "three.png", "--format", "json")
    first = json.loads(out)[0]["classes"][0]
    assert (0, name) == (code, first["class"])
    assert first["probability"] > 0.6
