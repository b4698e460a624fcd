"""Sizes that were written and differ from those that are inferred."""

from __future__ import annotations

from collections.abc import Iterator

from cnnspec.fixes.edits import Candidate, replacement, without_entries
from cnnspec.fixes.mistake import Mistake


def assertions(mistake: Mistake) -> Iterator[Candidate]:
    """The inferred size in the place of the written one, or none; never certain: the layers before may be wrong."""
    node, key, holder, item = mistake.node, mistake.key, mistake.holder, mistake.item
    if mistake.code not in {"wrong-assertion", "wrong-expectation"} or node is None or key is None:
        return
    kind = item.kind if item is not None else None
    for layer in mistake.plan_nodes(kind.place)[:1] if kind is not None else []:
        if (
            mistake.code == "wrong-assertion"
            and layer.layer is not None
            and layer.inputs[0].shape is not None
        ):
            size = layer.layer.inferred(layer.inputs[0].shape)
            text = str(list(size)) if isinstance(size, tuple) else str(size)
            yield replacement(node.place, text, f"write `{key.text}: {text}`", doubtful=True)
        if mistake.code == "wrong-expectation" and layer.shape is not None and layer.shape.known:
            text = str(list(layer.shape.sizes))
            yield replacement(node.place, text, f"write `{key.text}: {text}`", doubtful=True)
    edits = without_entries(holder, [key.text]) if holder is not None else None
    if edits:
        yield Candidate(edits, f"leave {key.text} out", doubtful=True)
