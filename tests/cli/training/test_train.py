"""`cnnspec train` and `cnnspec eval`, as a user meets them."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import safetensors
from PIL import Image

from cnnspec.cli import training
from cnnspec.cli.commands import train as command
from cnnspec.cli.main import main
from cnnspec.runner import loop

TINY = """\
cnnspec: 1
name: tiny
input: [1, 8, 8]
layers:
  - flatten
  - linear: {out_features: 16, bias: false}
  - bn
  - relu
  - linear: 10
data: digits
train: {epochs: 2, batch_size: 64}
"""


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "ignore_interrupts", lambda: None)

    def run(*args):
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return ended.value.code, out, err

    return run


def last_row(folder):
    return json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])


def test_a_training_ends_with_its_test_accuracy_and_its_folder(call, spec):
    code, out, err = call("train", spec)
    accuracy, folder = out.splitlines()
    row = last_row(Path(folder))
    assert code == 0
    assert f"test accuracy {100 * row['test_accuracy']:.2f} %" in accuracy
    assert folder == str(Path("runs/tiny/1"))
    assert [line[:9] for line in err.splitlines()[2:]] == ["epoch 1/2", "epoch 2/2"]
    names = ["best.safetensors", "environment.json", "last.safetensors", "metrics.jsonl", "spec.yaml"]
    assert names == sorted(entry.name for entry in Path(folder).iterdir())


def test_the_shipped_digits_reach_98_5_percent(call):
    code, out, _ = call("train", "digits")
    assert code == 0
    assert last_row(Path(out.splitlines()[-1]))["test_accuracy"] >= 0.985


def test_an_evaluation_says_what_the_training_ended_with_to_the_last_digit(call, spec):
    folder = Path(call("train", spec, "--out", "kept")[1].splitlines()[-1])
    assert folder == Path("kept/tiny/1")
    spec.unlink()
    code, out, _ = call("eval", folder, "--format", "json")
    found, row = json.loads(out), last_row(folder)
    assert code == 0
    assert [row[key] for key in ("test_loss", "test_accuracy", "epoch")] == [
        found[key] for key in ("test_loss", "test_accuracy", "epoch")
    ]
    text = call("eval", folder)[1]
    assert f"test accuracy {100 * row['test_accuracy']:.2f} % ({found['correct']} of 355)" in text


def test_the_last_weights_can_be_evaluated_too(call, spec):
    call("train", spec, "--set", "train.optimizer={sgd: {lr: 3.0}}", "--epochs", 3)
    assert json.loads(call("eval", "runs/tiny/1", "--weights", "last", "--format", "json")[1])["epoch"] == 3


def test_options_are_settings_and_the_run_keeps_them(call, spec):
    call("train", spec, "--epochs", 1, "--seed", 9, "--device", "cpu", "--set", "train.batch_size=100")
    kept = Path("runs/tiny/1/spec.yaml").read_text()
    assert [
        text for text in ("epochs: 1", "seed: 9", "device: cpu", "batch_size: 100") if text not in kept
    ] == []
    assert json.loads(Path("runs/tiny/1/environment.json").read_text())["seed"] == 9


def test_the_run_can_be_trained_again_from_its_own_spec_bitwise(call, spec):
    call("train", spec, "--seed", 5)
    call("train", "runs/tiny/1/spec.yaml")
    one, other = (Path(f"runs/tiny/{n}/best.safetensors").read_bytes() for n in (1, 2))
    assert one == other


FAULTS = {
    "a spec without data": ([], TINY.replace("data: digits", ""), "names no data"),
    "a data root that is missing": (
        ["--set", "data={fashion_mnist: {root: nowhere}}", "--set", "input=[1, 28, 28]"],
        TINY,
        "nowhere, which does not exist",
    ),
    "a batch larger than the set": (
        ["--set", "train.batch_size=1300"],
        TINY,
        "1,300 is more than the 1,299 images",
    ),
    "a device that is not there": (["--device", "cuda:99"], TINY, "cuda:99 is not there"),
    "a place that can't be written": (["--out", "tiny.yaml"], TINY, "no run folder can be made"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_users_fault_is_one_line_and_a_hint(call, spec, name):
    arguments, text, phrase = FAULTS[name]
    spec.write_text(text)
    code, out, err = call("train", spec, *arguments)
    assert (code, out) == (1, "")
    assert phrase in err
    assert err.startswith("error: ")


def test_a_network_that_no_memory_holds_is_one_line(call, tmp_path):
    path = tmp_path / "huge.yaml"
    path.write_text(
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 2000000000000, relu, linear: 10]\ndata: digits\ntrain: {epochs: 1}\n"
    )
    code, out, err = call("train", path)
    assert (1, "") == (code, out)
    assert "weights take" in err.splitlines()[0]


def test_a_run_that_was_changed_since_is_told(call, spec):
    assert 0 == call("train", spec, "--epochs", 1, "--out", "runs")[0]
    assert "" == call("eval", "runs/tiny/1")[2]
    kept = Path("runs/tiny/1/spec.yaml")
    kept.write_text(kept.read_text().replace("relu", "tanh"))
    assert "were changed since" in call("eval", "runs/tiny/1")[2]
    Path("runs/tiny/1/metrics.jsonl").write_text("garbage")
    assert "no test to compare" in call("eval", "runs/tiny/1")[2]


def test_a_test_set_that_changed_since_is_told(call, spec, tmp_path):
    for number in range(20):
        path = tmp_path / "set" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), 10 * number).save(path)
    data = f"data={{image_folder: {tmp_path / 'set'}}}"
    assert 0 == call("train", spec, "--epochs", 1, "--set", data, "--set", "train.batch_size=8")[0]
    assert "" == call("eval", "runs/tiny/1")[2]
    for number in (0, 2):
        (tmp_path / "set" / "a" / f"{number}.png").unlink()
    for number in (1, 3, 5):
        (tmp_path / "set" / "b" / f"{number}.png").unlink()
    assert "these are not the images and labels" in call("eval", "runs/tiny/1")[2]


@pytest.mark.parametrize("cache", ["ram", "none"])
def test_no_file_that_cant_be_read_is_left_out_in_silence(call, spec, tmp_path, cache):
    for number in range(24):
        path = tmp_path / "set" / ("train" if number < 16 else "test") / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), 10 * number).save(path)
    for bad in ("train/a/2.png", "test/b/19.png"):
        (tmp_path / "set" / bad).write_bytes(b"no image")
    data = f"data={{image_folder: {{root: {tmp_path / 'set'}, on_bad: skip}}}}"
    options = ("--set", data, "--set", "train.batch_size=4", "--set", f"train.cache={cache}")
    code, out, err = call("train", spec, "--epochs", 1, *options)
    assert (0, "of 7)") == (code, out.split(",")[0][-5:]), err
    assert ["skipped: ", "skipped: "] == [line[:9] for line in err.splitlines() if "png" in line]
    kept = Path("runs/tiny/1/skipped.txt").read_text()
    assert ("a/2.png" in kept, "b/19.png" in kept) == (True, True)
    assert "b/19.png" in call("eval", "runs/tiny/1")[2]
    assert json.loads(call("eval", "runs/tiny/1", "--format", "json")[1])["skipped"][0]["file"].endswith(
        "19.png"
    )
    assert "a/2.png" in call("tune", "lr", spec, *options, "--high", 1e-3, "--low", 1e-4)[2]


def test_early_stopping_may_watch_the_datas_own_validation(call, spec, tmp_path):
    for number in range(24):
        path = (
            tmp_path / "set" / ("train", "val", "test")[number % 3] / "ab"[number // 3 % 2] / f"{number}.png"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), 10 * number).save(path)
    options = (
        "--set",
        "train.batch_size=4",
        "--set",
        "train.validation=0",
        "--set",
        "train.early_stopping=1",
    )
    data = f"data={{image_folder: {tmp_path / 'set'}}}"
    assert 0 == call("train", spec, "--epochs", 1, "--set", data, *options)[0]
    shared = f"data={{image_folder: {tmp_path / 'set' / 'train'}}}"
    code, _, err = call("train", spec, "--epochs", 1, "--set", shared, *options)
    assert (1, True) == (code, "early_stopping watches the validation, and no image is held out" in err)


def test_the_newest_run_is_suggested_by_its_time_not_its_name(call, spec):
    for _ in range(10):
        assert 0 == call("train", spec, "--epochs", 1, "--set", "train.limit_steps=1")[0]
    assert "Did you mean runs/tiny/10?" in call("eval", "runs")[2]


@pytest.mark.parametrize(
    ("run", "words"), [("runs", "runs/tiny/1"), ("nope", "no such folder"), ("tiny.yaml", "a file")]
)
def test_what_is_no_run_folder_is_told_with_what_may_be_meant(call, spec, run, words):
    assert 0 == call("train", spec, "--epochs", 1, "--out", "runs")[0]
    assert words in call("eval", run)[2]


def test_an_evaluation_may_be_on_another_device(call, spec):
    assert 0 == call("train", spec, "--epochs", 1, "--out", "runs")[0]
    kept = Path("runs/tiny/1/spec.yaml")
    kept.write_text(kept.read_text().replace("train: {", "train: {device: cuda:99, "))
    assert 1 == call("eval", "runs/tiny/1")[0]
    assert 0 == call("eval", "runs/tiny/1", "--device", "cpu")[0]


def test_a_learning_rate_that_overflows_is_told_with_its_epoch(call, spec):
    code, out, err = call("train", spec, "--set", "train.optimizer={sgd: {lr: 1e35}}")
    assert (code, out) == (1, "")
    assert "error: the loss is nan in step 2 (epoch 1): the first that is not finite is the output of" in err
    assert (
        "`cnnspec tune lr` looks for one. runs/tiny/1 holds the weights from before that step (last)." in err
    )


def test_a_first_loss_that_is_not_finite_is_not_blamed_on_the_lr(call, spec):
    spec.write_text(
        TINY.replace(
            "linear: {out_features: 16, bias: false}",
            "{linear: {out_features: 16, bias: false}, init: {constant: 1e38}}",
        )
    )
    told = (
        "No update had been made, so the lr is not to blame. "
        "Look at how the weights start (`init`) and at the images (`cnnspec data`)."
    )
    for arguments in (("train", spec), ("tune", "lr", spec)):
        code, out, err = call(*arguments)
        assert (code, out) == (1, "")
        assert "error: the loss is nan in step 1 (epoch 1): the first that is not finite is" in err
        assert told in err
        assert "smaller lr" not in err
        assert "--low" not in err


def test_a_wrong_spec_is_explained_before_anything_is_trained(call, spec):
    spec.write_text(TINY.replace("linear: 10", "linear: 9"))
    code, _, err = call("train", spec)
    assert code == 1
    assert "9" in err
    assert not Path("runs").exists()


def test_a_wrong_optimizer_is_explained_at_its_place(call, spec):
    code, _, err = call("train", spec, "--set", "train.optimizer={sgd: {nesterov: true}}")
    assert code == 1
    assert "nesterov needs a momentum" in err


def test_without_torch_one_line_says_what_to_install(call, spec, monkeypatch):
    monkeypatch.setattr(training, "find_spec", lambda _: None)
    code, out, err = call("train", spec)
    assert (code, out) == (2, "")
    assert err.splitlines() == ["Error: training needs torch: pip install 'cnnspec[train]'"]


def test_a_loss_that_is_no_longer_finite_keeps_the_epochs_before(call, spec, monkeypatch):
    finite = loop.require_finite_weights

    def blow_up(model, epoch):
        if epoch == 2:
            next(model.parameters()).data.fill_(math.inf)
        finite(model, epoch)

    monkeypatch.setattr(loop, "require_finite_weights", blow_up)
    code, _, err = call("train", spec)
    assert code == 1
    assert "after epoch 2" in err
    assert "holds the weights of epoch 1 (last) and of epoch 1 (best)" in err
    assert call("eval", "runs/tiny/1")[0] == 0


@pytest.mark.parametrize(
    ("full", "kept"),
    [
        (".best.safetensors.tmp", "holds no weights: they are written when an epoch ends."),
        (".last.safetensors.tmp", "holds the weights of epoch 1 (best)."),
        ("metrics.jsonl", "holds the weights of epoch 1 (last) and of epoch 1 (best)."),
    ],
)
def test_on_a_full_disk_the_weights_that_are_there_are_told(call, spec, monkeypatch, full, kept):
    opened = Path.open

    def open_or_fail(path, mode="r", **options):
        if path.name == full and mode in ("a", "wb") and sorted(path.parent.glob("metrics.jsonl")):
            raise OSError(28, "No space left on device")
        return opened(path, mode, **options)

    monkeypatch.setattr(Path, "open", open_or_fail)
    code, out, err = call("train", spec)
    assert (code, out) == (1, "")
    assert "can't be written (No space left on device)" in err
    assert err.endswith(f"  runs/tiny/1 {kept}\n")


def test_ctrl_c_before_the_first_epoch_ends_says_that_there_are_no_weights(call, spec, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(loop, "train_epoch", interrupt)
    code, out, err = call("train", spec)
    assert (code, out) == (130, "")
    assert "holds no weights" in err
    assert "The run ended before its first epoch" in call("eval", "runs/tiny/1")[2]


@pytest.mark.parametrize(
    ("sent", "times", "word", "code"),
    [
        (signal.SIGINT, 3, "Interrupted", 130),
        (signal.SIGTERM, 1, "Terminated", 143),
    ],
)
def test_a_training_that_is_told_to_end_keeps_the_weights_of_the_last_epoch(
    spec, tmp_path, sent, times, word, code
):
    arguments = [sys.executable, "-W", "error", "-m", "cnnspec", "train", str(spec), "--epochs", "100000"]
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    with subprocess.Popen(
        arguments, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": paths},
    ) as process:  # fmt: skip
        for line in process.stderr:
            if line.split()[:2] == ["epoch", "2/100000"]:
                break
        for _ in range(times):
            process.send_signal(sent)
            time.sleep(0.01)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert err.splitlines()[-1].startswith(f"{word}. {Path('runs/tiny/1')} holds the weights of epoch ")
    assert "Traceback" not in err
    folder = tmp_path / "runs/tiny/1"
    kept = len((folder / "metrics.jsonl").read_text().splitlines())
    with safetensors.safe_open(folder / "last.safetensors", framework="pt") as file:
        epoch = json.loads(file.metadata()["cnnspec"])["epoch"]
    assert kept <= epoch <= kept + 1
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize(
    ("damage", "phrase"),
    [
        (lambda run: (run / "spec.yaml").unlink(), "not a run folder"),
        (lambda run: (run / "best.safetensors").unlink(), "no such weights"),
        (lambda run: (run / "best.safetensors").write_bytes(b"{}"), "no safetensors file"),
        (
            lambda run: (run / "spec.yaml").write_text(TINY.replace("out_features: 16", "out_features: 17")),
            "of another spec",
        ),
    ],
)
def test_a_run_folder_that_is_not_whole_is_told(call, spec, damage, phrase):
    call("train", spec, "--epochs", 1)
    damage(Path("runs/tiny/1"))
    code, out, err = call("eval", "runs/tiny/1")
    assert (code, out) == (1, "")
    assert phrase in err
    assert err.startswith("error: ")


@pytest.mark.parametrize("name", ["train", "eval"])
def test_help_shows_an_example(call, name):
    code, out, _ = call(name, "--help")
    assert code == 0
    assert f"cnnspec {name} " in out.split("Example")[1]


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "adagrad", "rprop"])
def test_a_learning_rate_that_fp32_does_not_hold_is_told(call, spec, optimizer):
    code, _, err = call("train", spec, "--set", f"train.optimizer={{{optimizer}: {{lr: 1e300}}}}")
    assert code == 1
    assert "error: " in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("outputs", "warnings"), [(2, 0), (3, 1)])
def test_outputs_that_no_class_of_the_files_has_are_warned_of_as_in_the_check(
    call, tmp_path, outputs, warnings
):
    for number in range(12):
        path = tmp_path / "pets" / ("cat", "dog")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4), 20 * number).save(path)
    text = (
        f"cnnspec: 1\ninput: [1, 4, 4]\nlayers: [flatten, linear: {outputs}]\ndata: {{image_folder: pets}}\n"
    )
    (tmp_path / "pets.yaml").write_text(text + "train: {epochs: 1, batch_size: 4, validation: 0}\n")
    code, _, err = call("train", "pets.yaml")
    words = "warning: the output has 3 numbers, image_folder has 2 classes. Let the last layer give 2.\n"
    assert (0, warnings) == (code, err.count(words))


def test_classes_that_are_others_now_are_told(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(6):
            Image.new("L", (4, 4), 40 * number).save(tmp_path / "pets" / name / f"{number}.png")
    text = "cnnspec: 1\ninput: [1, 4, 4]\nlayers: [flatten, linear: 2]\ndata: {image_folder: pets}\n"
    (tmp_path / "pets.yaml").write_text(text + "train: {epochs: 1, batch_size: 4, validation: 0}\n")
    assert call("train", "pets.yaml")[0] == 0
    (tmp_path / "pets" / "dog").rename(tmp_path / "pets" / "wolf")
    code, _, err = call("eval", "runs/pets/1")
    assert code == 1
    assert "trained to tell cat, dog apart, the classes of the data are cat, wolf" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_a_training_whose_result_cannot_be_printed_is_one_line(tmp_path):
    options = f"--set train.limit_steps=1 --out {tmp_path}"
    command = f"{sys.executable} -m cnnspec train digits {options} >/dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert 1 == done.returncode
    assert done.stderr.endswith(b"\nerror: standard output: can't be written (No space left on device)\n")
    assert b"Traceback" not in done.stderr
