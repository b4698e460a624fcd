"""An image file becomes C×H×W bytes of the size that is asked for. Whatever is wrong with the file is a UserError.

Values are what Pillow decodes; 16 bits are brought to 8 by their range. The EXIF orientation is obeyed, of an
animation the first frame is taken, transparency is dropped unless the network takes four channels.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from cnnspec.core.errors import UserError
from cnnspec.data.dataset import Resize
from cnnspec.data.images.pillow_modes import convert, planes
from cnnspec.data.images.resize import resize_to

# Pillow warns of an image of more pixels than it trusts, and raises at twice as many: here both are errors.
# Set once: filters belong to the process, and images are decoded by threads.
warnings.simplefilter("error", Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"PIL\.", category=UserWarning)

_ORIENTATION = 0x0112
_TURNS = {
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
    if orientation in _TURNS:
        image = image.transpose(_TURNS[orientation])
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
    return found if found in _TURNS else 1


def _draft(image: Image.Image, channels: int, size: tuple[int, int]) -> None:
    """Let a JPEG that is much larger than what is needed be decoded at a part of its size."""
    if image.format == "JPEG" and image.mode in {"L", "RGB"}:
        covering = max(width / have for width, have in zip(size, image.size, strict=True))
        needed = tuple(max(1, round(_DRAFT * covering * have)) for have in image.size)
        image.draft("L" if channels == 1 or image.mode == "L" else "RGB", (needed[0], needed[1]))
