"""Name what is on images, with a trained network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import format_option, load, run_device_option, weights_option
from cnnspec.cli.output import echo_json, echo_line
from cnnspec.cli.training import require_torch, run_spec
from cnnspec.core.errors import UserError

if TYPE_CHECKING:
    from cnnspec.runner.predict import Prediction


@click.command("predict")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("images", metavar="IMAGE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--top", type=click.IntRange(min=1), default=5, show_default=True, help="How many classes of each image."
)
@weights_option
@run_device_option
@format_option("text", "json")
def command(
    run: Path, images: tuple[Path, ...], top: int, weights: str, device: str | None, form: str
) -> None:
    """Name what is on images, with the network of a run folder.

    IMAGE is a file, or a folder: all images in it and below it. They are resized and normalised as in training.
    Exits 1 where one is not there or could not be read.

    \b
    Example:
      cnnspec predict runs/digits/1 photo.png scans/
    """
    result = load(str(run_spec(run)), [] if device is None else [f"train.device={device}"])
    files = _files(images)
    require_torch()
    from cnnspec.runner.predict import Predictor  # noqa: PLC0415 -- imports torch, seconds

    assert result.train is not None
    predictor = Predictor.of(result.require_plan(), result.train, run / f"{weights}.safetensors")
    found = list(predictor.predict(files, top))
    if form == "json":
        echo_json([_as_data(prediction) for prediction in found])
    else:
        _show(found)
    for prediction in found:
        if prediction.error:
            echo_line(f"error: {prediction.error}", err=True)
    if any(prediction.error for prediction in found):
        raise SystemExit(1)


def _files(images: Sequence[Path]) -> list[Path]:
    """The files, and those of folders. Raises UserError where none is there."""
    files: list[Path] = []
    for path in images:
        files += _in_folder(path) if path.is_dir() else [path]
    if not any(path.exists() for path in files):
        raise UserError(f"{files[0]}: there is no such file")
    return files


def _as_data(prediction: Prediction) -> dict[str, object]:
    if prediction.error:
        return {"file": prediction.file, "error": prediction.error}
    classes = [{"class": name, "probability": chance} for name, chance in prediction.classes]
    return {"file": prediction.file, "classes": classes}


def _show(found: list[Prediction]) -> None:
    for prediction in found:
        if prediction.classes:
            echo_line(prediction.file)
        for name, chance in prediction.classes:
            echo_line(f"  {100 * chance:6.2f} %  {name}")


def _in_folder(folder: Path) -> list[Path]:
    """Its images; a link that leads nowhere is named on stderr. Raises UserError where there are none."""
    from cnnspec.data.images.image_files import ImageErrors, images_below  # noqa: PLC0415 -- only a folder needs it

    errors = ImageErrors(skip=True)
    found = images_below(folder, errors, frozenset())
    for line in errors.skipped:
        echo_line(f"skipped: {line}", err=True)
    return found
