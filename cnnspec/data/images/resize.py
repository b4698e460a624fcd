"""How an image of another size is made to fit: its middle, its whole distorted, or its whole with black bars."""

from __future__ import annotations

from PIL import Image

from cnnspec.data.dataset import WHITE, Resize

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
