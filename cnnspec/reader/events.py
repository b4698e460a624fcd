"""What libyaml's parser and its twin have in common, as far as it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from yaml.error import Mark


class Event(Protocol):
    """What is used of the parsers' events; each kind has the part that it needs."""

    start_mark: Mark
    end_mark: Mark
    anchor: str | None
    tag: str | None
    value: str
    style: str | None
    flow_style: bool


class Events(Protocol):
    """What parses: libyaml through PyYAML, or its twin."""

    def get_event(self) -> Event | None:
        """The next event, or None after the last. Raises yaml.YAMLError."""
