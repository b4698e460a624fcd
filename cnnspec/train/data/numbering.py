"""Classes that are numbers alone: whether each of them, up to the largest, has an image."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from pathlib import Path

from cnnspec.core.plural import plural
from cnnspec.train.data.raw import Gaps


def gaps(labels: Mapping[str, array[int]], file: Path) -> Gaps | None:
    """What is said of labels, by their array's name, that leave numbers out; None where they leave out none."""
    found = set().union(*labels.values())
    largest = max(found)
    if len(found) > largest:
        return None
    place = next(f"{name}[{part.index(largest)}]" for name, part in labels.items() if largest in part)
    have = f"{plural(len(found), 'class')} of {largest + 1:,} {'has' if len(found) == 1 else 'have'} images"
    message = f"{file}: {place} is {largest}, the largest label, but only {have}"
    if 0 not in found and len(found) == largest:
        return Gaps(message, "Classes are numbered from 0: take 1 from each label.")
    return Gaps(message, "Correct that label, or number the classes from 0 without gaps.")
