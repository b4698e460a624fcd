"""Nodes as data, and calls that YAML splits at commas."""

from __future__ import annotations

import pytest

from cnnspec.core.diagnostic import Place, Source
from cnnspec.reader.document import read
from cnnspec.reader.node import Mapping, Node, Scalar, from_plain, is_literal, texts_of
from cnnspec.reader.split_at_comma import is_end_of_call, quotes_hint, whole_text

PLACE = Place(Source("test"))


def node_of(text: str) -> Node:
    root = read(Source("spec.yaml", text)).root
    assert root is not None
    return root


def pieces(text: str) -> list[str]:
    """The whole texts of the scalars of a mapping, keys and values; empty for one that isn't split."""
    root = node_of(text)
    assert isinstance(root, Mapping)
    scalars = [scalar for key, value in root for scalar in (key, value) if isinstance(scalar, Scalar)]
    return [whole_text(scalar) for scalar in scalars]


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("relu", True),
        ("$act", False),
        ("3", True),
        ("[1, [a]]", True),
        ("[1, [$a]]", False),
        ("{a: 1}", True),
        ("{a: $b}", False),
        ("{$a: 1}", True),
    ],
)
def test_a_node_without_a_dollar_in_its_values_is_literal(text, literal):
    assert literal == is_literal(node_of(text))


def test_the_texts_of_a_node_are_its_keys_and_its_scalars():
    found = texts_of(node_of("{a: [b, {c: d}], e: 1}"))
    assert (["a", "c", "e"], ["1", "b", "d"]) == (sorted(found.keys), sorted(found.values))


def test_the_node_of_a_plain_value_means_the_value_and_keeps_its_dollars():
    value = {"a": [1, 0.5, None, True], "b": "costs $5"}
    node = from_plain(value, PLACE)
    assert {"a": [1, 0.5, None, True], "b": "costs $$5"} == node.plain()
    assert PLACE is node.place


def test_a_mapping_gives_a_value_by_its_key_or_none():
    node = node_of("a: 1")
    assert isinstance(node, Mapping)
    assert (1, None) == (node.get("a").plain(), node.get("b"))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("{n: max($a, 8), k: 1}", ["", "max($a, 8)", "max($a, 8)", "", "", ""]),
        (
            "{n: max($a, min(2, 8)), k: 1}",
            ["", "max($a, min(2, 8))", "min(2, 8))", "", "max($a, min(2, 8))", "", "", ""],
        ),
        ("{n: max($a, 8}", ["", "", "", ""]),
        ("{n: 1, 8), k: 2}", ["", "", "", "", "", ""]),
        ("{n: (max($a}", ["", ""]),
        ("{n: 'max(', k: 1}", ["", "", "", ""]),
        ("n: >\n  max(\n  1", ["", ""]),
    ],
)
def test_a_split_call_is_whole_again(text, whole):
    assert whole == pieces(text)


def test_the_second_half_of_a_call_is_known_by_the_first():
    node = node_of("{n: max($a, 8), k: [1]}")
    assert isinstance(node, Mapping)
    assert [True, False, False] == [is_end_of_call(key, node) for key in ("8)", "n", "k")]
    assert not is_end_of_call("8)", node_of("{n: 1, 8): 2}"))


def test_the_hint_takes_the_quotes_that_the_text_leaves_free():
    assert quotes_hint("max(1, 2)").endswith("put it in quotes, `'max(1, 2)'`.")
    assert quotes_hint("f('a', 2)").endswith("put it in quotes, `\"f('a', 2)\"`.")
