"""What cnnspec says of a layer with sampled arguments and inputs: the output's shape, or why there is none."""

from __future__ import annotations

from pydantic import ValidationError

from cnnspec.core.errors import Reject
from cnnspec.core.shape import Shape
from cnnspec.layers import KINDS
from cnnspec.layers.base import Layer
from tests.layers.samples import Sample


class Verdict(Exception):  # noqa: N818 -- an answer, not a fault
    """Cnnspec's no, as STRICTER's keys have it."""


def judged(kind: str, sample: Sample) -> tuple[Layer, Shape | Verdict]:
    """The layer, though it be invalid, and its output's shape or the verdict against it."""
    args, inputs = sample
    cls = KINDS[kind]
    try:
        layer = cls(**args)
    except ValidationError as error:
        return cls.model_construct(**args), Verdict(kind, str(error.errors()[0]["loc"][0]), "pydantic")
    try:
        layer.consistent()
        return layer, layer.infer_from(inputs)
    except Reject as no:
        return layer, Verdict(kind, no.code, no.field)
