"""`cnnspec data`: what it counts and draws, and what it says of bad files."""

from __future__ import annotations

import json

import pytest
from PIL import Image

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
