"""An image file becomes C×H×W bytes of the size that is asked for. Whatever is wrong with the file is a UserError.

Values are what Pillow decodes; 16 bits are brought to 8 by their range. The EXIF orientation is obeyed, of an
animation the first frame is taken, transparency is dropped unless the network takes four channels.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from cnnspec.core.errors import UserError
from cnnspec.data.dataset import WHITE, Resize

# Pillow warns of an image of more pixels than it trusts, and raises at twice as many: here both are errors.
# Set once: filters belong to the process, and images are decoded by threads.
warnings.simplefilter("error", Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"PIL\.", category=UserWarning)

_ORIENTATION = 0x0112
_TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = 5
"""From this orientation on, height and width are swapped."""
_DRAFT = 2
"""A JPEG is decoded at an eighth, a fourth or half of its size, if that is still so many times what is needed."""


def decode(path: Path, shape: tuple[int, int, int], resize: Resize) -> bytes:
    """The file's image as C×H×W bytes, the last axis varying fastest. Raises UserError naming the file."""
    try:
        with Image.open(path) as image:
            return _decoded(image, shape, resize)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        limit = Image.MAX_IMAGE_PIXELS
        message = f"{path}: more pixels than the {limit:,} that Pillow trusts"
        raise UserError(message, "Make the image smaller, or take it out.") from error
    except FileNotFoundError as error:
        raise UserError(f"{path}: there is no such file") from error
    except UnidentifiedImageError as error:
        raise UserError(f"{path}: not an image that Pillow knows", _HINT) from error
    except MemoryError as error:
        raise UserError(f"{path}: decoded, it is more than memory holds") from error
    except Exception as error:  # Pillow's readers raise all sorts of things at damaged files
        raise UserError(f"{path}: can't be decoded ({_reason(error)})", _HINT) from error


_HINT = "Mend the file or take it out; `on_bad: skip` leaves such files out."


def _reason(error: Exception) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return " ".join(text.split())


def _decoded(image: Image.Image, shape: tuple[int, int, int], resize: Resize) -> bytes:
    channels, height, width = shape
    orientation = _orientation(image)
    size = (height, width) if orientation >= _SIDEWAYS else (width, height)
    _draft(image, channels, size)
    image = resize_to(convert(image, channels), size, resize)
    if orientation in _TRANSPOSES:
        image = image.transpose(_TRANSPOSES[orientation])
    return planes(np.asarray(image), channels)


def _orientation(image: Image.Image) -> int:
    """As EXIF says; 1, upright, where it says nothing, or nothing that can be read."""
    if image.format != "JPEG":
        image.load()  # PNG's EXIF may stand behind its pixels: damage to them must not pass for a broken EXIF
    if image.format == "TIFF":
        return 1  # Pillow has turned it
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 -- the picture is whole where its EXIF is not
        return 1
    return found if found in _TRANSPOSES else 1


def _draft(image: Image.Image, channels: int, size: tuple[int, int]) -> None:
    """Let a JPEG that is much larger than what is needed be decoded at a part of its size."""
    if image.format == "JPEG" and image.mode in {"L", "RGB"}:
        covering = max(width / have for width, have in zip(size, image.size, strict=True))
        needed = tuple(max(1, round(_DRAFT * covering * have)) for have in image.size)
        image.draft("L" if channels == 1 or image.mode == "L" else "RGB", (needed[0], needed[1]))


# The size


_GAP = 2.0
"""What is shrunk further than this is averaged over whole pixels first."""


def resize_to(image: Image.Image, size: tuple[int, int], resize: Resize) -> Image.Image:
    """The image at this width and height; unchanged where it has them."""
    if image.size == size:
        return image
    if resize == "pad":
        return _padded(image, size)
    box = _middle(image.size, size) if resize == "crop" else None
    return image.resize(size, Image.Resampling.BILINEAR, box, _GAP)


def _middle(have: tuple[int, int], want: tuple[int, int]) -> tuple[float, float, float, float]:
    """The largest part of the image that has the proportions which are wanted, in its centre."""
    scale = max(want[0] / have[0], want[1] / have[1])
    width, height = min(have[0], want[0] / scale), min(have[1], want[1] / scale)
    left, top = (have[0] - width) / 2, (have[1] - height) / 2
    return left, top, left + width, top + height


def _padded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    scale = min(size[0] / image.size[0], size[1] / image.size[1])
    width, height = (max(1, round(scale * have)) for have in image.size)
    whole = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=_GAP)
    black = (0, 0, 0, WHITE) if image.mode == "RGBA" else 0
    canvas = Image.new(image.mode, size, black)
    canvas.paste(whole, ((size[0] - width) // 2, (size[1] - height) // 2))
    return canvas


# The channels


_ALPHA = {"LA", "La", "PA", "RGBA", "RGBa"}
_GREY = {"1", "L"}
_WHITE_16_BIT = 65535
_RGBA = 4


def convert(image: Image.Image, channels: int) -> Image.Image:
    """L, RGB or RGBA: the one of fewest channels in which nothing is lost that the network takes."""
    if image.mode.startswith("I") or image.mode == "F":
        return _to_8_bits(image)
    transparent = image.mode in _ALPHA or "transparency" in image.info
    if transparent and channels == _RGBA:
        return image.convert("RGBA")
    if image.mode in {"P", "PA"} and transparent:
        image = image.convert("RGBA")  # Pillow warns where it is to do both steps at once
    if image.mode in {"LAB", "HSV"}:
        raise ValueError(f"the colours are {image.mode}")
    mode = "L" if channels == 1 or image.mode in _GREY | {"LA", "La"} else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits, or of floats, in 8 bits: by the range of what can be stored, never cut off."""
    values = np.asarray(image)
    low, high = values.min(), values.max()
    if values.dtype.kind == "f":
        if not (np.isfinite([low, high]).all() and low >= 0 and high <= WHITE):
            raise ValueError(f"floats from {low:g} to {high:g}: 0 to 1 or 0 to 255 are expected")
        scaled = np.rint(values * (WHITE if high <= 1 else 1))
    else:
        if low < 0 or high > _WHITE_16_BIT:
            raise ValueError(f"numbers from {low} to {high}: 0 to {_WHITE_16_BIT:,} are expected")
        scaled = (values.astype(np.uint32) + WHITE // 2 + 1) // (_WHITE_16_BIT // WHITE)
    return Image.fromarray(scaled.astype(np.uint8))


def planes(pixels: NDArray[np.uint8], channels: int) -> bytes:
    """H×W or H×W×C values as `channels` planes; grey fills each colour, what has no alpha is opaque."""
    if pixels.ndim == 2:  # noqa: PLR2004 -- height and width
        pixels = pixels[:, :, None]
    if pixels.shape[2] == channels:
        return pixels.transpose(2, 0, 1).tobytes()
    colours = np.broadcast_to(pixels, (*pixels.shape[:2], 3)) if pixels.shape[2] == 1 else pixels
    if channels == _RGBA:
        opaque = np.full((*pixels.shape[:2], 1), WHITE, np.uint8)
        colours = np.concatenate([colours, opaque], axis=2)
    return colours.transpose(2, 0, 1).tobytes()
