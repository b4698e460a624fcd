"""A small spec in an empty folder, and a run of it."""

import pytest

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
