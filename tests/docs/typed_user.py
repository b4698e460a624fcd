"""A program of someone who uses cnnspec with types; a test runs mypy --strict on it."""

from __future__ import annotations

from typing import assert_type

from torch import nn

import cnnspec
from cnnspec import Diagnostic, Layer, Node, Plan, Result, Shape, SpecError


def largest(plan: Plan) -> tuple[Node, Shape]:
    """The layer with most parameters, and what it gives."""
    node = max(plan.nodes, key=lambda node: node.params)
    assert node.output.shape is not None
    return node, node.output.shape


def messages(found: tuple[Diagnostic, ...]) -> list[str]:
    """What is wrong, with its lines."""
    return [f"{diagnostic.place.line}: {diagnostic.message}" for diagnostic in found]


def network(text: str) -> nn.Module | list[str]:
    """The module, or what is wrong with the spec."""
    result = cnnspec.check_text(text, settings={"width": 8})
    assert_type(result, Result)
    try:
        node, shape = largest(result.require_plan())
    except SpecError as error:
        return messages(error.result.diagnostics)
    assert_type(node.layer, Layer | None)
    assert_type(shape.channels, int | None)
    assert_type(cnnspec.source(result), str)
    return cnnspec.build(result)
