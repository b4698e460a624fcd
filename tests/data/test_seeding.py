"""Orders that a seed and a purpose decide."""

import torch

from cnnspec.data.seeding import permutation


def test_the_order_depends_on_seed_and_epoch_alone():
    numbers = torch.arange(100)
    torch.manual_seed(1)
    first = permutation(numbers, 5, "order", 2)
    torch.manual_seed(2)
    assert first.tolist() == permutation(numbers, 5, "order", 2).tolist()
    assert sorted(first.tolist()) == numbers.tolist()
    others = [
        permutation(numbers, 6, "order", 2),
        permutation(numbers, 5, "order", 3),
        permutation(numbers, 5, "else", 2),
    ]
    assert all(first.tolist() != other.tolist() for other in others)
