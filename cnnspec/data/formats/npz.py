"""Arrays in NumPy's file. Nothing in it is unpickled, and what a header claims is checked before it is believed."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural, times
from cnnspec.data.class_count import label_gaps, require_two_classes
from cnnspec.data.cpu_and_memory import require_memory
from cnnspec.data.dataset import WHITE, Dataset, Labels, Pixels, Split
from cnnspec.data.formats.stratified_split import stratified_split
from cnnspec.data.formats.user_path import user_path
from cnnspec.settings.datasets.own import Npz

_SPLIT = ("x_train", "y_train", "x_test", "y_test")
_WHOLE = ("images", "labels")
_MOST_CLASSES = 100_000
_CHANNELS = (1, 3, 4)
_WHITE_16_BIT = 65_535
_DAMAGE = (
    ValueError,
    EOFError,
    zipfile.BadZipFile,
    tokenize.TokenError,  # of a damaged header
    zlib.error,
    KeyError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
)


def read(config: Npz, input_shape: tuple[int, ...]) -> Dataset:
    """The checked arrays. Raises UserError."""
    file = user_path(config.file)
    try:
        with zipfile.ZipFile(file) as archive:
            return _read(archive, file, config, input_shape)
    except OSError as error:
        message = f"data: npz: {file}: can't be read ({error.strerror or error})"
        raise UserError(message, "A path starts where the command runs.") from error
    except _DAMAGE as error:
        raise UserError(f"{file}: damaged, or not what np.savez writes ({error})") from error


def _read(archive: zipfile.ZipFile, file: Path, config: Npz, input_shape: tuple[int, ...]) -> Dataset:
    held = {name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")}
    _require_one_way(held, file)
    if held.issuperset(_SPLIT):
        names = ("train", "val", "test") if "x_val" in held else ("train", "test")
        splits = {name: _split(archive, file, f"x_{name}", f"y_{name}", input_shape) for name in names}
        labels = {f"y_{name}": split.labels for name, split in splits.items()}
    elif held.issuperset(_WHOLE):
        whole = _split(archive, file, *_WHOLE, input_shape)
        labels = {"labels": whole.labels}
        splits = stratified_split(whole, [str(number) for number in range(len(whole.labels))], config, file)
    else:
        shown = ", ".join(sorted(held)[:10]) or "none"
        message = f"{file}: its arrays are {shown}; {', '.join(_SPLIT)} are expected, or images, labels"
        raise UserError(message, "Write np.savez(file, images=images, labels=labels), say.")
    _require_one_shape(splits, file)
    class_names = tuple(map(str, range(max(int(part.max()) for part in labels.values()) + 1)))
    require_two_classes(class_names, file)
    return Dataset(
        splits["train"], splits.get("val"), splits["test"], class_names, gaps=label_gaps(labels, file)
    )


def _require_one_way(held: Collection[str], file: Path) -> None:
    """Raise UserError for arrays that would be left out without a word."""
    for one, other in (("x_val", "y_val"), ("y_val", "x_val")):
        if one in held and other not in held:
            raise UserError(
                f"{file}: it holds {one}, but no {other}", f"Save {other} too, or leave {one} out."
            )
    if "x_train" in held and "images" in held:
        raise UserError(f"{file}: it holds both x_train and images", "Keep the ones that are meant.")


def _split(archive: zipfile.ZipFile, file: Path, x: str, y: str, input_shape: tuple[int, ...]) -> Split:
    labels = _labels(_array(archive, file, y), f"{file}: {y}")
    pixels = _pixels(_array(archive, file, x), f"{file}: {x}", input_shape)
    if len(pixels) != len(labels):
        message = f"{file}: {x} holds {plural(len(pixels), 'image')}, {y} {plural(len(labels), 'label')}"
        raise UserError(message)
    return Split(pixels, labels)


def _array(archive: zipfile.ZipFile, file: Path, name: str) -> NDArray[Any]:
    with archive.open(f"{name}.npy") as member:
        shape, dtype = _header(member)
    if dtype.hasobject:
        raise UserError(f"{file}: {name} holds Python objects, which are not read: they could run code")
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    stored = archive.getinfo(f"{name}.npy").file_size
    if size > stored:
        raise UserError(f"{file}: {name} claims {size:,} bytes, the file holds {stored:,}")
    require_memory(2 * size, f"{file}: to read {name} takes")
    with archive.open(f"{name}.npy") as member:
        return np.asarray(np.lib.format.read_array(member, allow_pickle=False))


def _header(member: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(member)
    reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = reader(member)
    return shape, dtype


def _labels(found: NDArray[Any], place: str) -> Labels:
    labels = found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found  # noqa: PLR2004 -- a column
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        message = f"{place} is {labels.dtype} of {times(found.shape)}, one whole number an image is expected"
        raise UserError(message, _numbers_instead(labels))
    if not labels.size:
        raise UserError(f"{place} is empty")
    for row in np.flatnonzero((labels < 0) | (labels >= _MOST_CLASSES))[:1]:
        raise UserError(f"{place}[{row}] is {labels[row]}, 0 to {_MOST_CLASSES - 1:,} are expected")
    return labels.astype(np.int64)


def _numbers_instead(labels: NDArray[Any]) -> str:
    if labels.dtype.kind in "US":
        return "Number the names: names, labels = np.unique(labels, return_inverse=True)."
    return "Take labels.astype(int)." if labels.ndim == 1 else "Of one-hot labels take .argmax(1)."


def _pixels(found: NDArray[Any], place: str, input_shape: tuple[int, ...]) -> Pixels:
    if found.dtype != np.uint8:
        raise UserError(f"{place} is {found.dtype}, uint8 is expected", _bytes_instead(found))
    return np.ascontiguousarray(_channels_first(found, place, input_shape))


def _bytes_instead(found: NDArray[Any]) -> str:
    """How such values become grey levels from 0 to 255."""
    if found.size and found.dtype.kind in "biuf" and found.min() >= 0:
        if found.dtype.kind in "bf" and found.max() <= 1:
            return "Store (255 * images).astype('uint8')."
        if found.max() <= WHITE:
            return "Store images.astype('uint8')."
        if found.max() <= _WHITE_16_BIT:
            return f"Store (images // {_WHITE_16_BIT // WHITE}).astype('uint8')."
    return "Store grey levels from 0 to 255."


def _channels_first(found: Pixels, place: str, input_shape: tuple[int, ...]) -> Pixels:
    """The images as N×C×H×W: the network's shape decides where both orders could be meant."""
    if 0 in found.shape:
        raise UserError(f"{place} is {times(found.shape)}, which is empty")
    if found.ndim == 3:  # noqa: PLR2004 -- N×H×W
        return found[:, None]
    if found.ndim == 4:  # noqa: PLR2004 -- with channels, before or behind
        last = found.transpose(0, 3, 1, 2)
        orders = [order for order in (last, found) if order.shape[1] in _CHANNELS]
        orders.sort(key=lambda order: order.shape[1:] != input_shape)
        if orders:
            return orders[0]
    shown = ", ".join(map(str, _CHANNELS))
    message = f"{place} is {times(found.shape)}; N×H×W, N×H×W×C or N×C×H×W with C of {shown} are expected"
    raise UserError(message)


def _require_one_shape(splits: dict[str, Split], file: Path) -> None:
    expected = splits["train"].image_shape
    for name, split in splits.items():
        if split.image_shape != expected:
            message = (
                f"{file}: x_train holds images of {times(expected)}, x_{name} of {times(split.image_shape)}"
            )
            raise UserError(message)
