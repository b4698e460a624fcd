"""Fields that are written like items: `adamw`, or `{adamw: {lr: 0.01}}`; some take a list of them."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic.fields import FieldInfo

from cnnspec.declare.arguments import Arguments


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
