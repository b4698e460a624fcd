"""Image files, a grey each."""

import pytest
from PIL import Image

from cnnspec.data.dataset import ImageFiles
from tests.data.greys import COUNT


@pytest.fixture
def pictures(tmp_path):
    """ImageFiles of 6×5 grey, each of another grey."""
    paths = tuple(tmp_path / f"{number}.png" for number in range(COUNT))
    for number, path in enumerate(paths):
        Image.new("L", (5, 6), 8 * number).save(path)
    return ImageFiles(paths, (1, 6, 5), "crop")
