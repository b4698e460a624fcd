"""Every code a diagnostic can have, explained once: one table, put together from one file a room."""

from cnnspec.core.codes import arguments, augment, data, expression, names, reader, shapes, spec
from cnnspec.core.codes.code import Code

__all__ = ["CODES", "Code"]

CODES: dict[str, Code] = {
    **reader.CODES,
    **spec.CODES,
    **names.CODES,
    **expression.CODES,
    **arguments.CODES,
    **shapes.CODES,
    **data.CODES,
    **augment.CODES,
}
"""code -> its explanation."""
