"""What `budget:` may say: limits that a network must keep."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from cnnspec.declare.arguments import Arguments, Expect, OptionalPositive, Positive

_NUMBER = r"(\d+(?:\.\d+)?) ?"
_COUNTS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "B": 10**9}
_BYTES = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}


def _in_units(value: object, units: dict[str, int]) -> object:
    """A text such as `1.5M` as a number, and 5e6 as a whole one; anything else as it is."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        found = re.fullmatch(f"{_NUMBER}({'|'.join(units)})", value)
        return value if found is None else round(float(found[1]) * units[found[2]])
    return value


def in_bytes(text: str) -> int | None:
    """A text such as `8GB` in bytes; None where it is none, or less than one."""
    number = _in_units(text, {**_BYTES, "": 1})
    return number if isinstance(number, int) and number > 0 else None


def _schema(units: dict[str, int]) -> WithJsonSchema:
    pattern = rf"^{_NUMBER}({'|'.join(units)})$|\$"
    number = {"type": "number", "minimum": 1}
    return WithJsonSchema({"anyOf": [number, {"type": "string", "pattern": pattern}, {"type": "null"}]})


Count = Annotated[
    Positive | None,
    BeforeValidator(lambda value: _in_units(value, _COUNTS)),
    _schema(_COUNTS),
    Expect("a whole number of at least 1, with k, M, G or B for thousands, millions, billions (5M), or null"),
]
Memory = Annotated[
    Positive | None,
    BeforeValidator(lambda value: _in_units(value, _BYTES)),
    _schema(_BYTES),
    Expect("bytes: a number with kB, MB or GB, which are powers of 1000, KiB, MiB or GiB (8GB), or null"),
]


class Budget(Arguments):
    """Limits that the network must keep: what goes beyond them is an error, and the layers are told that cost most.

    Memory is that of a step of training: weights, what autograd keeps of each layer, the gradients that are alive at the
    same time, and what the optimizer keeps and makes for the time. Workspaces of single operations, the CUDA context and
    what the allocator wastes are not in it: leave some room.
    """

    example = "{params: 5M, macs: 600M, memory: 8GB, receptive_field: 224}"

    params: Count = Field(None, description="The most learned parameters.")
    macs: Count = Field(None, description="The most multiply-accumulates of a forward pass of one sample.")
    flops: Count = Field(
        None, description="The most floating-point operations: two for each multiply-accumulate."
    )
    memory: Memory = Field(
        None,
        description="The most memory of a step of training, with `batch_size`, `precision` and `optimizer` of `train`.",
    )
    receptive_field: OptionalPositive = Field(
        None,
        description="The least that the first output must see of the input along each axis, in positions.",
    )
