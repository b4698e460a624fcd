"""How a rule says no: it names a field, never a line; the compiler knows where that was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnspec.core.shape import Shape


class Reject(Exception):  # noqa: N818 -- not a fault of the program: a verdict on the spec
    """A layer can't take its input or its arguments.

    `field` is the argument to point at (None: the layer itself). `otherwise` is what is still
    known of the output: its rank and channels often are when a size is not.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        hint: str = "",
        otherwise: Shape | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint
        self.otherwise = otherwise
