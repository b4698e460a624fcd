"""What is shown while a network is trained."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from cnnspec.cli.output import test_result as told
from cnnspec.cli.progress import Bar, Lines, progress_columns
from cnnspec.render.numbers import loss
from cnnspec.runner.training_events import (
    EarlyStop,
    EpochEnd,
    EpochProgress,
    Score,
    SkippedFile,
    TrainingEnd,
    TrainingStart,
)

SHOWN = [
    TrainingStart(12, 1200, 100, 6400, 640, "cpu, fp32, contiguous; images in memory, 2.0 MiB"),
    SkippedFile("cat/1.png", "cut off"),
    EpochProgress(epoch=1, step=50, train=Score(1.25, 1600, 3200), images_per_s=45678.9),
    EpochEnd(
        1,
        100,
        Score(0.9, 4800, 6400),
        Score(0.8, 512, 640),
        improved=True,
        lr=0.1,
        images_per_s=45678.9,
        seconds=2,
    ),
    EpochEnd(2, 200, Score(0.5, 5000, 6400), None, improved=False, lr=0.1, images_per_s=45678.9, seconds=4),
    EarlyStop(2, 200, "no better validation for 1 epoch"),
    TrainingEnd(1, 100, Score(0.7, 80, 100), seconds=9),
]


def test_where_there_is_no_terminal_an_epoch_is_a_line():
    lines = []
    shown = Lines(lines.append)
    for event in SHOWN:
        shown.show(event)
    assert lines == [
        "cpu, fp32, contiguous; images in memory, 2.0 MiB",
        "6,400 images to train on, 640 to validate with, 100 steps an epoch",
        "skipped: cat/1.png: cut off",
        "epoch  1/12  loss 0.9000  75.00 %  val 0.8000  80.00 %  45,679 images/s  best",
        "epoch  2/12  loss 0.5000  78.12 %  45,679 images/s",
        "stopped after epoch 2: no better validation for 1 epoch",
    ]


def test_a_loss_that_has_exploded_is_a_power_of_ten():
    shown = [loss(value) for value in (0.03125, 999_999.0, 1e6, 146358074283840246333829894111232.0)]
    assert ["0.0312", "999999.0000", "1.00e+06", "1.46e+32"] == shown
    lines = []
    event = EpochEnd(1, 9, Score(1.5e30, 1, 2), None, improved=True, lr=1.0, images_per_s=9.0, seconds=1)
    Lines(lines.append).show(event)
    assert ["epoch 1/0  loss 1.50e+30  50.00 %  9 images/s"] == lines
    assert "test accuracy 50.00 % (1 of 2), loss 1.50e+30" == told(event.train)


def test_a_files_name_does_not_reach_the_terminal_as_it_is():
    lines = []
    Lines(lines.append).show(SkippedFile("a\x1b[31m\n\udcffX/ü.png", "cut off"))
    assert [r"skipped: a\x1b[31m\n\udcffX/ü.png: cut off"] == lines


def test_on_a_terminal_a_bar_shows_step_loss_accuracy_speed_and_time_left(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=80, color_system=None)
    with progress_columns(console) as columns:
        bar = Bar(columns)
        for event in SHOWN[:3]:
            bar.show(event)
    last = screen.getvalue()
    for text in ("epoch 1", "50/1200", "1.2500", "50.00 %", "45,679 images/s"):
        assert text in last
    assert "--:--" in last or "0:" in last
