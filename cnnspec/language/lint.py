"""`lint`: which warnings are not wanted."""

from __future__ import annotations

from cnnspec.core.diagnostic import Findings
from cnnspec.core.plain_values import quote
from cnnspec.language.sections import correct_keys, is_empty, section_entries
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence

_EXAMPLE = "lint: {ignore: [bias-before-bn]}"


def read_lint(node: Node | None, findings: Findings) -> tuple[Scalar, ...]:
    """The codes under `ignore`, as they are written; whether there are such is not looked at."""
    section_entries(node, "lint", _EXAMPLE, findings)
    if not isinstance(node, Mapping):
        return ()
    ignored = correct_keys(node, ["ignore"], "part of lint", findings, f"Write `{_EXAMPLE}`.").get("ignore")
    if ignored is None or is_empty(ignored):
        return ()
    if not isinstance(ignored, Sequence):
        message = f"ignore is {quote(ignored.plain())}, it must be a list of codes"
        findings.error("bad-value", message, ignored.place, f"Write `{_EXAMPLE}`.")
        return ()
    codes = tuple(code for code in ignored.items if isinstance(code, Scalar) and code.text)
    for other in ignored.items:
        if other not in codes:
            message = f"ignore holds {quote(other.plain())}, which is no code"
            findings.error("bad-value", message, other.place, f"Write `{_EXAMPLE}`.")
    return codes
