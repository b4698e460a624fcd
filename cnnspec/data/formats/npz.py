"""Arrays in NumPy's file. Nothing in it is unpickled, and what a header claims is checked before it is believed."""

from __future__ import annotations

import zipfile
import zlib
from array import array
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cnnspec.core.errors import UserError
from cnnspec.core.plural import plural
from cnnspec.settings.datasets.own import Npz
from cnnspec.train.data.memory import require_memory
from cnnspec.train.data.numbering import gaps
from cnnspec.train.data.pictures import require_classes
from cnnspec.train.data.raw import WHITE, Part, Pixels, Raw
from cnnspec.train.data.share import divided

_DIVIDED = ("x_train", "y_train", "x_test", "y_test")
_WHOLE = ("images", "labels")
_MOST_CLASSES = 100_000
_CHANNELS = (1, 3, 4)
_DEEP = 65_535
_DAMAGE = (
    ValueError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
)


def read(config: Npz, input_shape: tuple[int, ...]) -> Raw:
    """The checked arrays. Raises UserError."""
    file = Path(config.file).expanduser()
    try:
        with zipfile.ZipFile(file) as archive:
            return _read(archive, file, config, input_shape)
    except OSError as error:
        message = f"data: npz: {file}: can't be read ({error.strerror or error})"
        raise UserError(message, "A path starts where the command runs.") from error
    except _DAMAGE as error:
        raise UserError(f"{file}: damaged, or not what np.savez writes ({error})") from error


def _read(archive: zipfile.ZipFile, file: Path, config: Npz, input_shape: tuple[int, ...]) -> Raw:
    held = {name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")}
    _require_one_way(held, file)
    if held.issuperset(_DIVIDED):
        names = ("train", "val", "test") if "x_val" in held else ("train", "test")
        parts = {name: _part(archive, file, f"x_{name}", f"y_{name}", input_shape) for name in names}
        labels = {f"y_{name}": part.labels for name, part in parts.items()}
    elif held.issuperset(_WHOLE):
        whole = _part(archive, file, *_WHOLE, input_shape)
        parts, labels = _shared(whole, config, file), {"labels": whole.labels}
    else:
        shown = ", ".join(sorted(held)[:10]) or "none"
        message = f"{file}: its arrays are {shown}; {', '.join(_DIVIDED)} are expected, or images, labels"
        raise UserError(message, "Write np.savez(file, images=images, labels=labels), say.")
    _require_one_shape(parts, file)
    names_of_classes = tuple(map(str, range(max(map(max, labels.values())) + 1)))
    require_classes(names_of_classes, file)
    return Raw(parts["train"], parts.get("val"), parts["test"], names_of_classes, gaps=gaps(labels, file))


def _require_one_way(held: Collection[str], file: Path) -> None:
    """Raise UserError for arrays that would be left out without a word."""
    for one, other in (("x_val", "y_val"), ("y_val", "x_val")):
        if one in held and other not in held:
            raise UserError(
                f"{file}: it holds {one}, but no {other}", f"Save {other} too, or leave {one} out."
            )
    if "x_train" in held and "images" in held:
        raise UserError(f"{file}: it holds both x_train and images", "Keep the ones that are meant.")


def _part(archive: zipfile.ZipFile, file: Path, x: str, y: str, input_shape: tuple[int, ...]) -> Part:
    labels = _labels(_array(archive, file, y), f"{file}: {y}")
    pixels = _pixels(_array(archive, file, x), f"{file}: {x}", input_shape)
    if pixels.sizes[0] != len(labels):
        raise UserError(
            f"{file}: {x} holds {plural(pixels.sizes[0], 'image')}, {y} {plural(len(labels), 'label')}"
        )
    return Part(pixels, labels)


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


def _labels(found: NDArray[Any], place: str) -> array[int]:
    labels = found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found  # noqa: PLR2004 -- a column
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        message = f"{place} is {labels.dtype} of {_times(found.shape)}, one whole number an image is expected"
        raise UserError(message, _numbers_instead(labels))
    if not labels.size:
        raise UserError(f"{place} is empty")
    for row in np.flatnonzero((labels < 0) | (labels >= _MOST_CLASSES))[:1]:
        raise UserError(f"{place}[{row}] is {labels[row]}, 0 to {_MOST_CLASSES - 1:,} are expected")
    return array("q", labels.astype(np.int64).tobytes())


def _numbers_instead(labels: NDArray[Any]) -> str:
    if labels.dtype.kind in "US":
        return "Number the names: names, labels = np.unique(labels, return_inverse=True)."
    return "Take labels.astype(int)." if labels.ndim == 1 else "Of one-hot labels take .argmax(1)."


def _pixels(found: NDArray[Any], place: str, input_shape: tuple[int, ...]) -> Pixels:
    if found.dtype != np.uint8:
        raise UserError(f"{place} is {found.dtype}, uint8 is expected", _bytes_instead(found))
    images_NCHW = _channels_first(found, place, input_shape)
    count, channels, height, width = images_NCHW.shape
    values = bytearray(images_NCHW.size)
    np.frombuffer(values, np.uint8).reshape(images_NCHW.shape)[:] = images_NCHW
    return Pixels((count, channels, height, width), values)


def _bytes_instead(found: NDArray[Any]) -> str:
    """How such values become grey levels from 0 to 255."""
    if found.size and found.dtype.kind in "biuf" and found.min() >= 0:
        if found.dtype.kind in "bf" and found.max() <= 1:
            return "Store (255 * images).astype('uint8')."
        if found.max() <= WHITE:
            return "Store images.astype('uint8')."
        if found.max() <= _DEEP:
            return f"Store (images // {_DEEP // WHITE}).astype('uint8')."
    return "Store grey levels from 0 to 255."


def _channels_first(found: NDArray[np.uint8], place: str, input_shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The images as N×C×H×W: the network's shape decides where both orders could be meant."""
    if 0 in found.shape:
        raise UserError(f"{place} is {_times(found.shape)}, which is empty")
    if found.ndim == 3:  # noqa: PLR2004 -- N×H×W
        return found[:, None]
    if found.ndim == 4:  # noqa: PLR2004 -- with channels, before or behind
        last = found.transpose(0, 3, 1, 2)
        orders = [order for order in (last, found) if order.shape[1] in _CHANNELS]
        orders.sort(key=lambda order: order.shape[1:] != input_shape)
        if orders:
            return orders[0]
    shown = ", ".join(map(str, _CHANNELS))
    message = f"{place} is {_times(found.shape)}; N×H×W, N×H×W×C or N×C×H×W with C of {shown} are expected"
    raise UserError(message)


def _require_one_shape(parts: dict[str, Part], file: Path) -> None:
    shapes = {name: part.images.shape for name, part in parts.items()}
    for name, shape in shapes.items():
        if shape != shapes["train"]:
            message = (
                f"{file}: x_train holds images of {_times(shapes['train'])}, x_{name} of {_times(shape)}"
            )
            raise UserError(message)


def _shared(part: Part, config: Npz, file: Path) -> dict[str, Part]:
    assert isinstance(part.images, Pixels)
    numbers = divided(
        [str(number) for number in range(len(part.labels))], part.labels, config.test, config.seed, file
    )
    images_NCHW = np.frombuffer(part.images.values, np.uint8).reshape(part.images.sizes)
    labels_N = np.frombuffer(part.labels, np.int64)
    return {
        name: Part(
            Pixels((len(chosen), *part.images.shape), bytearray(images_NCHW[chosen].tobytes())),
            array("q", labels_N[chosen].tobytes()),
        )
        for name, chosen in zip(("train", "test"), numbers, strict=True)
    }


def _times(sizes: Collection[int]) -> str:
    return "×".join(f"{size:,}" for size in sizes)
