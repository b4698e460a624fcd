"""Show a spec's data: counts, classes, and a picture of what the network sees."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cnnspec.cli.options import format_option, settings_option, spec_argument
from cnnspec.cli.output import echo_json, echo_line
from cnnspec.cli.training import echo_skipped, trainable
from cnnspec.core import atomic_files
from cnnspec.core.terminal import escape
from cnnspec.render.columns import align

if TYPE_CHECKING:
    from cnnspec.runner.data_report import DataReport


@click.command("data")
@spec_argument
@settings_option
@click.option(
    "--png",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the picture goes; default: NAME-data.png, in this folder.",
)
@click.option(
    "--images",
    type=click.IntRange(min=0, max=1024),
    default=64,
    show_default=True,
    help="How many it shows; 0: no picture.",
)
@format_option("text", "json")
def command(spec: str, settings: tuple[str, ...], png: Path | None, images: int, form: str) -> None:
    """Show a spec's data: how many images each class has, their size, and a picture of them.

    The picture shows images of the first epoch as the network sees them: resized, augmented, in their order.

    \b
    Example:
      cnnspec data specs/digits.yaml
    """
    if png is not None and png.suffix.lower() != ".png":
        raise click.BadParameter(f"{png} must end in .png: a PNG is written.", param_hint="--png")
    plan, train, raw = trainable(spec, settings)
    from cnnspec.runner.data_report import data_report  # noqa: PLC0415 -- imports torch, seconds

    report = data_report(raw, train, images)
    echo_skipped(report.bad)
    picture = (png or Path(f"{plan.name}-data.png")) if images else None
    if picture is not None:
        atomic_files.write(picture, report.png)
    if form == "json":
        echo_json(report.as_data() | {"png": str(picture) if picture else None})
        return
    click.echo(data_table(report))
    if picture is not None:
        echo_line(picture)


def data_table(report: DataReport) -> str:
    """Sizes, then a line a class, then all classes together."""
    total = tuple(map(sum, zip(*report.counts.values(), strict=True)))
    counts = [*report.counts.items(), ("all", total)]
    rows: list[tuple[str, ...]] = [("class", "train", "validation", "test")]
    rows += [(escape(name), *(f"{count:,}" for count in row)) for name, row in counts]
    head = f"{len(report.counts)} classes, images of {'×'.join(map(str, report.shape))}, {report.where}"
    lines = [head, *_of_files(report), *_levels(report), "", *align(rows, {1, 2, 3})]
    return "\n".join(lines)


def _of_files(report: DataReport) -> list[str]:
    if not report.sizes:
        return []
    (width, height), _ = report.sizes[0]
    widths, heights = zip(*(size for size, _ in report.sizes), strict=True)
    extent = f"files: {min(widths)} to {max(widths)} wide, {min(heights)} to {max(heights)} high"
    return [f"{extent}; most are {width}×{height}" if len(report.sizes) > 1 else f"files: {width}×{height}"]


def _levels(report: DataReport) -> list[str]:
    """Mean and deviation of each channel, over the images to train on."""
    mean, std = (", ".join(f"{value:.4f}" for value in part) for part in (report.mean, report.std))
    return [f"mean {mean}, on the scale from 0 to 1", f"std  {std}"]
