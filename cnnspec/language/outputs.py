"""`output`, from nodes: a name, a list of names, or a mapping."""

from __future__ import annotations

from cnnspec.core.diagnostic import Findings
from cnnspec.core.plain_values import quote
from cnnspec.declare.validate import visible
from cnnspec.language.sections import correct_keys
from cnnspec.language.spec import OutputForm, OutputSpec
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence


def read_output(entry: Entry, findings: Findings) -> tuple[OutputForm, tuple[OutputSpec, ...]]:
    """The form of what is returned, and each output."""
    value = entry.value
    if isinstance(value, Mapping):
        form: OutputForm = "dict"
        found = [_output(key.text, item, findings) for key, item in value]
    elif isinstance(value, Sequence):
        form = "list"
        found = [_output(None, item, findings) for item in value.items]
    else:
        form = "one"
        found = [_output(None, value, findings)]
    if not found:
        findings.error(
            "bad-output",
            "output is empty",
            visible(entry.value, entry.key.place),
            "Leave it out for the last item's.",
        )
    return form, tuple(output for output in found if output is not None)


def _output(key: str | None, node: Node, findings: Findings) -> OutputSpec | None:
    if isinstance(node, Scalar) and node.text and node.value is not None:
        return OutputSpec(key, node)
    if isinstance(node, Mapping) and key is not None:
        return _conditional(key, node, findings)
    message = f"an output is {quote(node.plain())}, it must be the name of an item"
    hint = "Write a name, a list of names, or `{key: name}`."
    findings.error("bad-output", message, node.place, hint)
    return None


def _conditional(key: str, node: Mapping, findings: Findings) -> OutputSpec | None:
    node = correct_keys(node, ("from", "when", "only"), "part of an output", findings)
    source, only = node.get("from"), node.get("only")
    if only is not None and not (isinstance(only, Scalar) and only.text == "train"):
        message = f"only is {quote(only.plain())}, it must be train"
        findings.error("bad-value", message, only.place, "Write `only: train`, or leave it out.")
    if not isinstance(source, Scalar) or not source.text:
        message = f"output {key} does not say which value it is"
        findings.error("missing-key", message, node.place, "Write `from: name`.")
        return None
    return OutputSpec(key, source, node.get("when"), only is not None)
