"""Scopes share the spec's variables; calls and rounds hold but their own."""

from __future__ import annotations

import pytest

from cnnspec.core.diagnostic import Place, Source
from cnnspec.language.scope import Scope

HERE, THERE = Place(Source("a.yaml"), 1), Place(Source("a.yaml"), 2)


@pytest.fixture
def variables() -> Scope:
    return Scope({"width": 8, "depth": 2}, {"broken"}, {"width": HERE})


def test_a_round_holds_its_own_variable_alone(variables):
    inner = variables.extended({"i": 0}, THERE).extended({"j": 1}, THERE)
    assert {"i": 0, "j": 1} == dict.copy(inner)
    assert {"i": 0, "j": 1, "width": 8, "depth": 2} == {name: inner[name] for name in inner}
    assert 4 == len(inner)


def test_what_is_nearer_hides_what_is_further_out(variables):
    inner = variables.extended({"width": 3, "broken": 1}, THERE)
    assert (3, 8) == (inner["width"], variables["width"])
    assert (frozenset(), frozenset({"broken"})) == (inner.unknown, variables.unknown)
    assert ["width", "broken", "depth"] == list(inner)


def test_places_are_found_where_the_value_is_from(variables):
    inner = variables.extended({"i": 0}, THERE)
    assert (THERE, HERE, None) == tuple(map(inner.place_of, ("i", "width", "depth")))


def test_a_scope_tells_what_it_binds_itself_from_what_is_further_out(variables):
    inner = variables.extended({"i": 0}, THERE)
    assert (True, False) == (inner.holds("i"), inner.holds("width"))


def test_a_name_that_nobody_gave_is_not_there(variables):
    inner = variables.extended({}, THERE)
    assert "height" not in inner
    with pytest.raises(KeyError):
        inner["height"]
