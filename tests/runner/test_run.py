"""The run folder: numbered, written as the training goes, whole whatever happens; read back strictly."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import nn

from cnnspec.core.errors import UserError
from cnnspec.data.statistics import ChannelStatistics
from cnnspec.runner import checkpoint, loop
from cnnspec.runner.checkpoint import About
from cnnspec.runner.environment import describe
from cnnspec.runner.events import Epoch
from cnnspec.runner.run import Run
from cnnspec.settings.train import Train
from tests.runner.trainings import PLAIN, fit_of

ABOUT = About(3, ChannelStatistics((0.1, 2.0), (1 / 3, 70.0)), ("cat", "Ünkraut, 2"), "pad", "0f")
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


FACTS = {"epoch": 1, "mean": [0], "std": [1], "classes": ["a", "b"], "resize": "crop", "test": ""}


def network(features=10):
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.Linear(16, features))


def create(parent, name="net"):
    return Run.create(parent, name, "cnnspec: 1\n", {"seed": 0})


def recorded(parent, config, model=None):
    model = model or network()
    run = create(parent)
    return run, list(run.record(loop.train(fit_of(model, config)), model, ABOUT))


def rows(run):
    return [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]


def test_run_folders_count_up(tmp_path):
    assert [tmp_path / "net" / number for number in "123"] == [create(tmp_path).folder for _ in range(3)]


def test_the_next_number_is_after_the_highest_whatever_else_lies_there(tmp_path):
    for name in ("7", "notes", "²", "1.5", "9" * 200):
        (tmp_path / "net" / name).mkdir(parents=True)
    assert tmp_path / "net" / "8" == create(tmp_path).folder


def test_two_trainings_at_once_never_share_a_folder(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: create(tmp_path).folder, range(32)))
    assert len(set(made)) == 32


@pytest.mark.parametrize(
    ("name", "folder"), [("a/b: c", "a-b-c"), ("../up", "up"), ("..", "run"), ("Netz ä", "Netz-ä")]
)
def test_any_name_makes_a_folder_below_its_parent(tmp_path, name, folder):
    assert tmp_path / folder / "1" == create(tmp_path, name).folder


def test_what_is_known_beforehand_is_written_beforehand(tmp_path):
    run = Run.create(
        tmp_path, "net", "cnnspec: 1\n", describe(torch.device("cpu"), PLAIN, 5, ["cnnspec", "train", "net"])
    )
    assert (run.folder / "spec.yaml").read_text() == "cnnspec: 1\n"
    environment = json.loads((run.folder / "environment.json").read_text())
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
    epoch = next(event for event in events if isinstance(event, Epoch))
    assert (epoch.train.loss, epoch.validation.accuracy) == (first["train_loss"], first["val_accuracy"])
    assert {"test_loss", "test_accuracy"} < set(last)
    assert events[-1].test.loss == last["test_loss"]


def test_without_validation_its_columns_are_null(tmp_path):
    run, _ = recorded(tmp_path, Train(epochs=1, validation=0))
    assert [rows(run)[0][key] for key in ("val_loss", "val_accuracy")] == [None, None]


def test_the_same_seed_leaves_the_same_files_bitwise(tmp_path):
    first, _ = recorded(tmp_path, Train(epochs=2, seed=3))
    second, _ = recorded(tmp_path, Train(epochs=2, seed=3))
    for name in ("best.safetensors", "last.safetensors"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()


def test_an_interrupted_training_keeps_the_last_epoch_and_the_best(tmp_path):
    config, model = Train(epochs=3), network()
    run = create(tmp_path)
    for event in run.record(loop.train(fit_of(model, config)), model, ABOUT):
        if isinstance(event, Epoch) and event.epoch == 2:
            break
    expected = {name: value.clone() for name, value in model.state_dict().items()}
    found = network()
    assert checkpoint.load(run.folder / "last.safetensors", found).epoch == 2
    assert all(torch.equal(value, expected[name]) for name, value in found.state_dict().items())
    assert len(rows(run)) == 2


def test_weights_come_back_as_they_were_with_their_scale(tmp_path):
    model, found = (
        network(),
        nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.Linear(16, 10)),
    )
    checkpoint.save(tmp_path / "w.safetensors", model, ABOUT)
    assert checkpoint.load(tmp_path / "w.safetensors", found) == ABOUT
    pairs = zip(model.state_dict().values(), found.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert [tmp_path / "w.safetensors"] == list(tmp_path.iterdir())


def test_channels_last_weights_are_saved_too(tmp_path):
    model = nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
    checkpoint.save(tmp_path / "w.safetensors", model, ABOUT)
    found = nn.Conv2d(3, 4, 3)
    checkpoint.load(tmp_path / "w.safetensors", found)
    assert torch.equal(model.weight, found.weight)


def refusal(path, model=None):
    with pytest.raises(UserError) as caught:
        checkpoint.load(path, model or network())
    assert "\n" not in caught.value.message
    assert str(path) in caught.value.message
    return caught.value.message


def test_weights_that_are_not_there_are_told(tmp_path):
    assert "no such weights" in refusal(tmp_path / "best.safetensors")


@pytest.mark.parametrize("content", [b"", b"\0" * 7, b"PK\x03\x04 a pickle", b"\xff" * 100])
def test_what_is_no_safetensors_file_is_told(tmp_path, content):
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    assert "no safetensors file" in refusal(path)


def test_a_folder_in_the_weights_place_is_told(tmp_path):
    assert "no safetensors file" in refusal(tmp_path)


@pytest.mark.parametrize("kept", [4, 100, 1000, -1])
def test_weights_cut_off_anywhere_are_told(tmp_path, kept):
    path = tmp_path / "w.safetensors"
    checkpoint.save(path, network(), ABOUT)
    path.write_bytes(path.read_bytes()[:kept])
    assert "cut off" in refusal(path)


def test_weights_of_another_spec_are_told_with_what_differs(tmp_path):
    path = tmp_path / "w.safetensors"
    checkpoint.save(path, network(features=12), ABOUT)
    message = refusal(path)
    assert "3.weight is 12×16, the spec has 10×16" in message
    assert "3.bias is 12, the spec has 10" in message


def test_of_many_differences_the_first_are_told_and_the_others_counted(tmp_path):
    path = tmp_path / "w.safetensors"
    checkpoint.save(path, nn.Sequential(nn.Linear(3, 4)), ABOUT)
    message = refusal(path)
    assert "1.weight is missing; 1.bias is missing" in message
    assert message.endswith("and 8 more")


def test_a_foreign_file_without_a_scale_is_told_and_changes_nothing(tmp_path):
    model, path = network(), tmp_path / "w.safetensors"
    for metadata in (
        None,
        {"cnnspec": "{"},
        {"cnnspec": "{}"},
        {"cnnspec": '{"epoch": 1, "mean": 3, "std": []}'},
    ):
        safetensors.torch.save_file({"3.bias": torch.zeros(10)}, path, metadata)
        assert "how its images were made ready" in refusal(path, model)
    assert model[3].bias.any()


@pytest.mark.parametrize(
    "facts",
    [
        '{"epoch": Infinity, "mean": [0], "std": [1]}',
        '{"epoch": 1, "mean": [0], "std": [0]}',
        '{"epoch": 1, "mean": [NaN], "std": [1]}',
        '{"epoch": 1, "mean": [0, 0], "std": [1]}',
        '{"epoch": 1, "mean": "12", "std": "12"}',
        '{"epoch": 1, "mean": [0], "std": [1]}',
        '{"epoch": 1, "mean": [0], "std": [1], "classes": "ab", "resize": "crop"}',
        '{"epoch": 1, "mean": [0], "std": [1], "classes": ["a"], "resize": "zoom"}',
        "[" * 200_000,
        "[]",
    ],
)
def test_a_scale_that_is_none_is_told(tmp_path, facts):
    path = tmp_path / "w.safetensors"
    safetensors.torch.save_file(dict(network().state_dict()), path, {"cnnspec": facts})
    assert "does not say how its images were made ready" in refusal(path)


@pytest.mark.parametrize("dtype", [torch.int32, torch.complex64, torch.float16])
def test_weights_of_another_type_are_told(tmp_path, dtype):
    path = tmp_path / "w.safetensors"
    weights = {name: value.to(dtype) for name, value in network().state_dict().items()}
    safetensors.torch.save_file(weights, path, {"cnnspec": json.dumps(FACTS)})
    assert f"is of {str(dtype)[6:]}, the spec's of float32" in refusal(path)
