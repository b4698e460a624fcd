"""Image files to be found, and what was found."""

import pytest
from PIL import Image

from cnnspec.core.errors import UserError


def picture(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (9, 7), "red").save(path)
    return path


def pictures(folder, count):
    return [picture(folder / f"{number}.png") for number in range(count)]


def failure(read, *of, **arguments):
    with pytest.raises(UserError) as caught:
        read(*of, **arguments)
    assert "\n" not in caught.value.message
    return caught.value


def listed(part, root):
    """Paths below the root, with the label of each."""
    paths = (str(path.relative_to(root)) for path in part.images.paths)
    return list(zip(paths, part.labels, strict=True))
