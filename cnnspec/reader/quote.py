"""Values as messages show them."""

from __future__ import annotations

import re

from cnnspec.reader.scalars import scalar_value

_MOST_SHOWN = 60


def shown(value: object) -> str:
    """A value as YAML would have it, shortened."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list | tuple):
        text = f"[{', '.join(map(shown, value[:20]))}]"
    elif isinstance(value, dict):
        text = f"{{{', '.join(f'{key}: {shown(item)}' for key, item in list(value.items())[:20])}}}"
    else:
        text = str(value) if not isinstance(value, str) else _quoted(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def quoted(value: object) -> str:
    """A value as a message quotes it: a text always in quotes, which YAML may not need."""
    found = shown(value)
    return f"'{found}'" if isinstance(value, str) and found[0] not in "'\"" else found


def _quoted(text: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][\w-]*", text) and isinstance(scalar_value(text), str)
    quote = '"' if "'" in text else "'"
    return text if plain else f"{quote}{text}{quote}"
