"""Reject: how a rule refuses. It names a field; the compiler knows the line where that was written."""

from __future__ import annotations

from cnnspec.core.shape import Shape


class Reject(Exception):  # noqa: N818 -- no error of the program: a verdict on the spec
    """Arguments that contradict each other, or an input that a layer can't take.

    `field` is the argument to point at (None: the layer itself). `otherwise` is what is still known of
    the output's shape: its rank and channels often are where a size is not.
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
