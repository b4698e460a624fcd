"""How many images each batch has."""

import pytest

from cnnspec.data.batches import batch_sizes


@pytest.mark.parametrize(
    ("count", "size", "expected"),
    [
        (10, 5, [5, 5]),
        (12, 5, [5, 5, 2]),
        (11, 5, [5, 6]),
        (3, 5, [3]),
        (1, 5, [1]),
        (3, 1, [1, 1, 1]),
        (0, 5, []),
    ],
)
def test_what_is_left_over_is_a_smaller_batch_but_never_a_lone_image(count, size, expected):
    assert expected == list(batch_sizes(count, size))
