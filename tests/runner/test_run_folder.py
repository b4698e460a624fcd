"""The run folder: numbered, written as the training goes, whole whatever happens."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from cnnspec.core.errors import UserError
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.runner import checkpoint, loop
from cnnspec.runner.checkpoint import CheckpointMetadata
from cnnspec.runner.run_folder import RunFolder, environment_data
from cnnspec.runner.training_events import EpochEnd
from cnnspec.settings.train import Train
from tests.runner.trainings import (
    PLAIN,
    network,
    state_of,
)

METADATA = CheckpointMetadata(
    3, ChannelStatistics((0.1, 2.0), (1 / 3, 70.0)), ("cat", "Ünkraut, 2"), "pad", "0f"
)


EPOCH_ROW = [
    "epoch",
    "step",
    "train_loss",
    "train_accuracy",
    "val_loss",
    "val_accuracy",
    "lr",
    "images_per_s",
    "seconds",
]


def create(parent, name="net"):
    return RunFolder.create(parent, name, "cnnspec: 1\n", {"seed": 0})


def recorded(parent, config, model=None):
    model = model or network()
    run = create(parent)
    return run, list(run.record(loop.train(state_of(model, config)), model, METADATA))


def rows(run):
    return [json.loads(line) for line in (run.path / "metrics.jsonl").read_text().splitlines()]


def test_run_folders_count_up(tmp_path):
    assert [tmp_path / "net" / number for number in "123"] == [create(tmp_path).path for _ in range(3)]


def test_the_next_number_is_after_the_highest_whatever_else_lies_there(tmp_path):
    for name in ("7", "notes", "²", "1.5", "9" * 200):
        (tmp_path / "net" / name).mkdir(parents=True)
    assert tmp_path / "net" / "8" == create(tmp_path).path


def test_two_trainings_at_once_never_share_a_folder(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: create(tmp_path).path, range(32)))
    assert len(set(made)) == 32


@pytest.mark.parametrize(
    ("name", "folder"), [("a/b: c", "a-b-c"), ("../up", "up"), ("..", "run"), ("Netz ä", "Netz-ä")]
)
def test_any_name_makes_a_folder_below_its_parent(tmp_path, name, folder):
    assert tmp_path / folder / "1" == create(tmp_path, name).path


def test_what_is_known_beforehand_is_written_beforehand(tmp_path):
    run = RunFolder.create(
        tmp_path,
        "net",
        "cnnspec: 1\n",
        environment_data(torch.device("cpu"), PLAIN, 5, ["cnnspec", "train", "net"]),
    )
    assert (run.path / "spec.yaml").read_text() == "cnnspec: 1\n"
    environment = json.loads((run.path / "environment.json").read_text())
    assert environment["versions"]["torch"] == torch.__version__.split("+")[0]
    assert {"device": "cpu", "seed": 5, "threads": torch.get_num_threads()}.items() <= environment.items()


@pytest.mark.parametrize("parent", ["file", "file/below", "/proc/here"])
def test_a_place_that_cant_be_written_is_told_before_training(tmp_path, parent):
    (tmp_path / "file").write_text("")
    if parent.startswith("/proc") and not Path("/proc").is_dir():
        pytest.skip("only Linux has /proc, where nobody may write")
    with pytest.raises(UserError, match="no run folder can be made") as caught:
        create(tmp_path / parent)
    assert "--out" in caught.value.hint


def test_metrics_have_a_row_an_epoch_and_a_last_one_of_the_test(tmp_path):
    run, events = recorded(tmp_path, Train(epochs=2))
    first, second, last = rows(run)
    assert EPOCH_ROW == list(first) == list(second)
    assert [first["epoch"], second["epoch"]] == [1, 2]
    epoch = next(event for event in events if isinstance(event, EpochEnd))
    assert (epoch.train.loss, epoch.validation.accuracy) == (first["train_loss"], first["val_accuracy"])
    assert {"test_loss", "test_accuracy"} < set(last)
    assert events[-1].test.loss == last["test_loss"]


def test_without_validation_its_columns_are_null(tmp_path):
    run, _ = recorded(tmp_path, Train(epochs=1, validation=0))
    assert [rows(run)[0][key] for key in ("val_loss", "val_accuracy")] == [None, None]


def test_the_same_seed_leaves_the_same_files_bitwise(tmp_path):
    first, _ = recorded(tmp_path, Train(epochs=2, batch_size=300, seed=3))
    second, _ = recorded(tmp_path, Train(epochs=2, batch_size=300, seed=3))
    for name in ("best.safetensors", "last.safetensors"):
        assert (first.path / name).read_bytes() == (second.path / name).read_bytes()


def test_an_interrupted_training_keeps_the_last_epoch_and_the_best(tmp_path):
    config, model = Train(epochs=3), network()
    run = create(tmp_path)
    for event in run.record(loop.train(state_of(model, config)), model, METADATA):
        if isinstance(event, EpochEnd) and event.epoch == 2:
            break
    expected = {name: value.clone() for name, value in model.state_dict().items()}
    found = network()
    assert checkpoint.load(run.path / "last.safetensors", found).epoch == 2
    assert all(torch.equal(value, expected[name]) for name, value in found.state_dict().items())
    assert len(rows(run)) == 2
