"""The types of arguments: a bound each, and the words for it when a value is out of it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic.fields import FieldInfo

from cnnspec.core.size import LARGEST


class Expect(NamedTuple):
    """What a value of this type is, in words that follow `must be`."""

    phrase: str


class Arguments(BaseModel):
    """Arguments of anything that is written like an item: checked strictly, then frozen.

    `true` is not the number 1, a text is not a number, an unknown name is not ignored.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        defer_build=True,
        allow_inf_nan=False,
        protected_namespaces=(),
    )

    main: ClassVar[str | None] = None
    """The argument that `name: value` sets."""
    example: ClassVar[str] = ""
    """How it may be written in a spec, for the reference page; of a kind of layer its cases are examples enough."""

    def consistent(self) -> None:
        """Compare arguments with each other. Raises Reject."""

    def changed(self, *names: str) -> dict[str, object]:
        """The named fields that differ from their defaults, in this order: what is worth printing."""
        fields = type(self).model_fields
        values = ((name, getattr(self, name)) for name in names)
        return {name: value for name, value in values if value != fields[name].default}

    def optional(self, *names: str) -> tuple[dict[str, object], dict[str, object]]:
        """The named fields that differ from their defaults, and the defaults: an emit's keywords."""
        fields = type(self).model_fields
        defaults = {name: fields[name].default for name in names if not fields[name].is_required()}
        return self.changed(*names), defaults


Flag = Annotated[bool, Expect("true or false")]
Number = Annotated[float, Expect("a number")]
Integer = Annotated[int, Expect("a whole number")]
Positive = Annotated[int, Field(ge=1), Expect("a whole number of at least 1")]
NonNegative = Annotated[int, Field(ge=0), Expect("a whole number of at least 0")]
PositiveNumber = Annotated[float, Field(gt=0), Expect("a number above 0")]
NonNegativeNumber = Annotated[float, Field(ge=0), Expect("a number of at least 0")]
Seed = Annotated[int, Field(ge=0, lt=LARGEST), Expect("a whole number from 0, and below 2⁶³")]
Probability = Annotated[float, Field(ge=0, le=1), Expect("a number from 0 to 1")]
Share = Annotated[float, Field(ge=0, lt=1), Expect("a number from 0, and below 1")]
Axis = Annotated[int, Expect("a whole number: an axis, not counting the batch, negative from the end")]
InferredChannels = Annotated[
    Positive | None,
    Field(description="Channels that come in; inferred, an assertion when written."),
    Expect("a whole number of at least 1, or left out: it is inferred"),
]
InferredSizes = Annotated[
    Positive | Annotated[tuple[Positive, ...], Strict(strict=False), Field(min_length=1)] | None,
    Field(description="Size along these axes; inferred, an assertion when written."),
    Expect("a whole number of at least 1, a list of them, or left out: it is inferred"),
]

Sizes = Annotated[
    Positive | Annotated[tuple[Positive, ...], Strict(strict=False), Field(min_length=1)],
    Expect("a whole number of at least 1, or a list of them, one per spatial axis"),
]
Paddings = Annotated[
    NonNegative | Annotated[tuple[NonNegative, ...], Strict(strict=False), Field(min_length=1)],
    Expect("a whole number of at least 0, or a list of them, one per spatial axis"),
]
Padding = Annotated[
    Literal["same", "valid"] | Paddings,
    Expect("a whole number of at least 0, a list of them, one per spatial axis, `same` or `valid`"),
]
OptionalSizes = Annotated[
    Positive | Annotated[tuple[Positive, ...], Strict(strict=False), Field(min_length=1)] | None,
    Expect("a whole number of at least 1, a list of them, one per spatial axis, or null"),
]
OptionalAxis = Annotated[
    int | None, Expect("an axis: a whole number, not counting the batch, negative from the end; or null")
]
OptionalAxes = Annotated[
    int | Annotated[tuple[int, ...], Strict(strict=False), Field(min_length=1)] | None,
    Expect("an axis or a list of them, not counting the batch, negative from the end; or null"),
]
OptionalName = Annotated[str | None, Expect("the name of a value, or null")]
OptionalFlag = Annotated[bool | None, Expect("true, false or null")]
OptionalPositive = Annotated[Positive | None, Expect("a whole number of at least 1, or null")]
OptionalNonNegative = Annotated[NonNegative | None, Expect("a whole number of at least 0, or null")]
OptionalInteger = Annotated[int | None, Expect("a whole number, or null")]
OptionalNonNegativeNumber = Annotated[NonNegativeNumber | None, Expect("a number of at least 0, or null")]
OptionalProbability = Annotated[Probability | None, Expect("a number from 0 to 1, or null")]
AxisList = Annotated[
    tuple[Axis, ...],
    Strict(strict=False),
    Field(min_length=1),
    Expect("a list of axes, not counting the batch, negative from the end"),
]
_Factor = Positive | PositiveNumber
Factors = Annotated[
    _Factor | Annotated[tuple[_Factor, ...], Strict(strict=False), Field(min_length=1)] | None,
    Expect("a number above 0, a list of them, one per spatial axis, or null"),
]
OutputSizes = Annotated[
    Positive | Annotated[tuple[Positive | None, ...], Strict(strict=False), Field(min_length=1)],
    Expect("a whole number of at least 1, or a list, one per spatial axis, where null keeps the size"),
]
Sides = Annotated[
    int | Annotated[tuple[int, ...], Strict(strict=False), Field(min_length=2)],
    Expect(
        "a whole number for all sides, or a list: before and after on the last axis, then the one before it …"
    ),
]
Extent = Annotated[int, Field(ge=-1), Expect("a whole number of at least 1, or -1 for what is left")]


class OneOf(NamedTuple):
    """A field that is written like an item: the name of a class in `table`, or {name: arguments}."""

    what: str
    table: Mapping[str, type[Arguments]]
    many: bool = False
    """Whether the field is a list of them."""

    def form(self, item: str) -> str:
        """How the field is written with this item in it."""
        return f"[{item}]" if self.many else item


def one_of(field: FieldInfo) -> OneOf | None:
    """The alternatives of a field, where it is written like an item."""
    return next((part for part in field.metadata if isinstance(part, OneOf)), None)
