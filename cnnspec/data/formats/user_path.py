"""Paths as users write them."""

from __future__ import annotations

import os
from pathlib import Path


def user_path(text: str) -> Path:
    """The path that a user wrote; `~` is the home folder, where there is such a user."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 -- Path.expanduser raises for a name that is no user's
