"""What a data set tells of itself."""

import tracemalloc

import numpy as np

from cnnspec.data.dataset import Dataset, ImageFiles, Split
from tests.data.greys import LABELS


def test_a_part_that_lacks_classes_says_which(pictures):
    few = Split(ImageFiles(pictures.paths[:1], (1, 6, 5), "crop"), np.array([1]))
    good = Split(pictures, np.array(LABELS.tolist()))
    assert () == Dataset(good, good, good, ("a", "b", "c")).missing_class_warnings
    assert ("no image to validate with: a, c",) == Dataset(
        good, few, good, ("a", "b", "c")
    ).missing_class_warnings
    many = Dataset(good, None, few, tuple("abcdefghi"))
    assert (
        "no image to train with: d, e, f, g, h, …",
        "no image to test with: a, c, d, e, f, …",
    ) == many.missing_class_warnings


def test_a_digest_tells_images_and_labels_apart_and_not_where_they_lie(pictures, tmp_path):
    part = Split(pictures, np.array(LABELS.tolist()))
    moved = [tmp_path / "elsewhere" / path.name for path in pictures.paths]
    assert part.digest == Split(pictures._replace(paths=tuple(moved)), part.labels).digest
    fewer = Split(pictures._replace(paths=pictures.paths[:-1]), part.labels[:-1])
    others = Split(pictures, np.array((LABELS + 1).tolist()))
    one, other = (
        Split(np.frombuffer(two, np.uint8).reshape(2, 1, 1, 1), np.array([0, 1])) for two in (b"ab", b"ac")
    )
    digests = [found.digest for found in (part, fewer, others, one, other)]
    assert len(set(digests)) == len(digests)


def test_a_digest_takes_no_copy_of_the_images():
    part = Split(np.zeros((8, 1, 1024, 1024), np.uint8), np.array(range(8)))
    tracemalloc.start()
    try:
        assert part.digest
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_pixels_know_their_shape_and_size():
    split = Split(np.zeros((2, 3, 4, 5), np.uint8), np.zeros(2, np.int64))
    assert ((3, 4, 5), 120) == (split.image_shape, split.size)
