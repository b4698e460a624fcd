"""Places before and after edits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from cnnspec.core.diagnostic import Diagnostic, Edit, Fix, Place, Related, Source


class Moves:
    """From places in a text with edits applied back to those in the text without."""

    def __init__(self, source: Source, edits: Iterable[Edit]) -> None:
        """`source` is the text without."""
        self.source = source
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        shift = 0
        ordered = sorted(edits, key=lambda edit: edit.place.start)
        for place, text in ordered:
            start = place.start + shift
            self._starts.append(start)
            self._ends.append(start + len(text))
            self._before.append(place.start)
            shift += len(text) - (place.end - place.start)
        self._behind = [place.end for place, _ in ordered]

    def offset(self, offset: int) -> int | None:
        """Where it was; None within what was put in."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return offset
        if offset < self._ends[index]:
            return None
        return self._behind[index] + offset - self._ends[index]

    def nearest(self, offset: int) -> int:
        """Where it was, or where the text was put in that holds it."""
        index = bisect_right(self._starts, offset) - 1
        found = self.offset(offset)
        return self._before[index] if found is None else found

    def place(self, place: Place) -> Place:
        """A place as it was; in another source it stays."""
        if place.source.name != self.source.name:
            return place
        start, end = self.nearest(place.start), self.nearest(place.end)
        return self.source.place(start, max(start, end))

    def diagnostic(self, found: Diagnostic) -> Diagnostic:
        """A diagnostic of the edited text, for the text without; fixes of what was put in are left out."""
        related = tuple(Related(self.place(place), message) for place, message in found.related)
        fixes = tuple(moved for fix in found.fixes if (moved := self._fix(fix)) is not None)
        return found._replace(place=self.place(found.place), related=related, fixes=fixes)

    def _fix(self, fix: Fix) -> Fix | None:
        edits = []
        for place, text in fix.edits:
            if place.source.name == self.source.name:
                start, end = self.offset(place.start), self.offset(place.end)
                if start is None or end is None or self._touches(place):
                    return None
                edits.append(Edit(self.source.place(start, end), text))
            else:
                edits.append(Edit(place, text))
        return fix._replace(edits=tuple(edits))

    def _touches(self, place: Place) -> bool:
        """Whether an edit is at, or within, what was put in."""
        return any(
            place.start <= end and start <= place.end
            for start, end in zip(self._starts, self._ends, strict=True)
        )
