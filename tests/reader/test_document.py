"""Reading YAML: exact places, precise hints, and no text that harms it."""

from __future__ import annotations

import gc
import math
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from yaml.error import Mark
from yaml.parser import ParserError

from cnnspec.core.diagnostic import Diagnostic, Place, Source
from cnnspec.library.specs import shipped_specs
from cnnspec.reader.document import Document, PurePythonParser, read, read_bytes
from cnnspec.reader.limits import MAX_BYTES
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence
from cnnspec.reader.scalars import scalar_value

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = """\
cnnspec: 1
name: mnist
input: [1, 28, 28]   # channels
vars: {width: 64, act: relu}
layers:
  - conv: {out_channels: 10, kernel_size: 5}
  - {bn, name: bn1}
  - relu
  - conv:
      out_channels: $width * 2
      bias: false
    name: "c2"
  - add: [[conv: {out_channels: 64}, bn], []]
description: |
  two lines
  of text

x-a: &anchor [1, 'two', -3e-4]
x-b: *anchor
"""

Span = tuple[int, int, int, int]


def reading(text: str, **options: Any) -> Document:
    return read(Source("spec.yaml", text), **options)


def codes(text: str, **options: Any) -> list[str]:
    return [diagnostic.code for diagnostic in reading(text, **options).diagnostics]


def only(text: str) -> Diagnostic:
    (diagnostic,) = reading(text).diagnostics
    return diagnostic


def span(place: Place | None) -> Span | None:
    return None if place is None else (place.line, place.column, place.end_line, place.end_column)


def root(text: str) -> Node:
    document = reading(text)
    assert document.diagnostics == ()
    assert document.root is not None
    return document.root


def at(text: str, *path: str | int) -> Node:
    node: Node | None = root(text)
    for step in path:
        if isinstance(step, int):
            assert isinstance(node, Sequence)
            node = node.items[step]
        else:
            assert isinstance(node, Mapping)
            node = node.get(step)
    assert node is not None
    return node


def shown(node: Node) -> object:
    where = (span(node.place), span(node.alias))
    if isinstance(node, Scalar):
        return (node.text, repr(node.value), where)
    if isinstance(node, Sequence):
        return ([shown(item) for item in node.items], where)
    return ({key: (shown(entry.key), shown(entry.value)) for key, entry in node.entries.items()}, where)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, None) for text in ("", "~", "null", "Null", "NULL")),
        *((text, True) for text in ("true", "True", "TRUE")),
        *((text, False) for text in ("false", "False", "FALSE")),
        *((text, text) for text in ("on", "no", "yes", "off", "y", "N", "nULL", "tRUE", "none")),
        *((text, text) for text in ("1:30", "2024-01-01", "1_000", "1e", "e3", "0b1", "08:00", "1.2.3")),
        *((text, text) for text in ("-", "+", ".", "..", "-.", "+-1", "- 1", "0o8", "0xG", "-0x1F", "-0o7")),
        *((text, text) for text in ("inf", "nan", ".InF", "-.nan", "\u0661", "1\n", "0x", "$x", "3x3")),
        *((str(n), n) for n in (0, 7, -7, 2**63 - 1, -(2**63 - 1))),
        ("+7", 7),
        ("-0", 0),
        ("007", 7),
        ("0" * 5000 + "1", 1),
        ("0o17", 15),
        ("0x1F", 31),
        ("0xfF", 255),
        ("1e-3", 0.001),
        ("1E+3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1.5e2", -150.0),
        (".inf", math.inf),
        ("+.INF", math.inf),
        ("-.Inf", -math.inf),
    ],
)
def test_a_plain_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    found = scalar_value(text)
    assert (type(value), value) == (type(found), found)


def test_not_a_number_is_a_float() -> None:
    assert [True] * 3 == [math.isnan(float(str(scalar_value(text)))) for text in (".nan", ".NaN", ".NAN")]


@pytest.mark.parametrize("text", [str(2**63), str(-(2**63)), "9" * 5000, "0x" + "f" * 40, "1e999", "-1e999"])
def test_a_number_too_large_is_an_error_and_stays_a_text(text: str) -> None:
    document = reading(f"a: {text}\nb: 2")
    assert ["number-too-large"] == [diagnostic.code for diagnostic in document.diagnostics]
    assert (1, 4, 1, 4 + len(text)) == span(document.diagnostics[0].place)
    assert document.root is not None
    assert {"a": text, "b": 2} == document.root.plain()
    assert len(document.diagnostics[0].message) < 120
    assert [] == codes(f"'{text}'")
    assert [] == codes(f"{text[:1000]}: 1")


def test_a_quoted_number_is_a_text() -> None:
    assert ["1", "true", "", "null\n"] == root("['1', \"true\", '', \"null\\n\"]").plain()
    assert {"a": "1\n", "b": "~ x\n"} == root("a: |\n  1\nb: >\n  ~\n  x\n").plain()


def test_the_text_of_a_scalar_is_its_own_characters() -> None:
    node = at("name: 1e3", "name")
    assert isinstance(node, Scalar)
    assert ("1e3", 1000.0) == (node.text, node.value)


def test_a_key_is_its_own_text_whatever_it_looks_like() -> None:
    assert ["1", "null", "true", "0x1F", "", "~"] == list(
        root("1: a\nnull: b\ntrue: c\n0x1F: d\n'': e\n~: f").plain()  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1, 19, 13)),
        (("cnnspec",), (1, 10, 1, 11)),
        (("input",), (3, 8, 3, 19)),
        (("input", 1), (3, 12, 3, 14)),
        (("layers",), (6, 3, 13, 46)),
        (("layers", 0), (6, 5, 6, 45)),
        (("layers", 0, "conv"), (6, 11, 6, 45)),
        (("layers", 1), (7, 5, 7, 20)),
        (("layers", 1, "bn"), (7, 8, 7, 8)),
        (("layers", 2), (8, 5, 8, 9)),
        (("layers", 3), (9, 5, 12, 15)),
        (("layers", 3, "conv"), (10, 7, 11, 18)),
        (("layers", 3, "name"), (12, 11, 12, 15)),
        (("layers", 4, "add", 0, 0), (13, 12, 13, 36)),
        (("layers", 4, "add", 1), (13, 43, 13, 45)),
        (("description",), (14, 14, 16, 10)),
    ],
)
def test_every_value_knows_its_place(path: tuple[str | int, ...], place: Span) -> None:
    assert place == span(at(SPEC, *path).place)


def test_a_key_has_a_place_of_its_own() -> None:
    node = at(SPEC, "layers", 3)
    assert isinstance(node, Mapping)
    assert [("conv", (9, 5, 9, 9)), ("name", (12, 5, 12, 9))] == [
        (key.text, span(key.place)) for key, _ in node
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("relu:\nb: 1", (1, 6, 1, 6)),
        ("relu : \nb: 1", (1, 5, 1, 5)),
        ("{relu: , b: 1}", (1, 7, 1, 7)),
        ("{relu}", (1, 6, 1, 6)),
        ("relu:   # nothing\n", (1, 6, 1, 6)),
    ],
)
def test_a_value_that_is_not_there_stands_behind_its_key(text: str, place: Span) -> None:
    assert place == span(at(text, "relu").place)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_lines_and_columns_count_as_the_source_counts_them(end: str) -> None:
    document = reading(f"é: '😀é'  # ü{end}𝄞𝄞: [é, x]{end}")
    assert isinstance(document.root, Mapping)
    places = [span(value.place) for _, value in document.root]
    assert [(1, 4, 1, 8), (2, 5, 2, 11)] == places
    assert "[é, x]" == document.source.line(2)[4:10]


def test_a_byte_order_mark_at_the_start_counts_for_nothing() -> None:
    for document in (reading("\ufeffa: b"), read_bytes("x", b"\xef\xbb\xbfa: b")):
        assert isinstance(document.root, Mapping)
        assert (1, 4, 1, 5) == span(document.root.entries["a"].value.place)
        assert "a: b" == document.source.text


def test_an_alias_shares_what_it_stands_for_and_knows_both_places() -> None:
    text = "a: &x [1, 2]\nb: *x\nc: &y {d: &z 1}\ne: *y\nf: *z"
    assert {"a": [1, 2], "b": [1, 2], "c": {"d": 1}, "e": {"d": 1}, "f": 1} == root(text).plain()
    one, other = at(text, "a"), at(text, "b")
    assert ((1, 4, 1, 13), None) == (span(one.place), span(one.alias))
    assert ((1, 4, 1, 13), (2, 4, 2, 6)) == (span(other.place), span(other.alias))
    tree = root(text)
    assert isinstance(tree, Mapping)
    first, second = tree.get("a"), tree.get("b")
    assert isinstance(first, Sequence)
    assert isinstance(second, Sequence)
    assert first.items is second.items
    assert (4, 5, 3, 17) != span(tree.place)


def test_an_anchor_may_stand_on_a_key_and_be_set_anew() -> None:
    assert {"1": "a", "b": 1, "a": 3} == root("&x 1: &y a\nb: *x\n*y : 3").plain()
    assert [1, 1, 2, 2] == root("[&x 1, *x, &x 2, *x]").plain()
    assert [[1, 1], 1] == root("[&x [&x 1, *x], *x]").plain()


# What is wrong with a structure, and where


def test_every_duplicate_key_is_reported_and_the_first_value_kept() -> None:
    document = reading("a: 1\nb: {c: 1, c: 2}\na: [1]\n'a': 4\n")
    found = [(d.code, span(d.place), span(d.related[0].place)) for d in document.diagnostics]
    assert [
        ("duplicate-key", (2, 11, 2, 12), (2, 5, 2, 6)),
        ("duplicate-key", (3, 1, 3, 2), (1, 1, 1, 2)),
        ("duplicate-key", (4, 1, 4, 4), (1, 1, 1, 2)),
    ] == found
    assert document.root is not None
    assert {"a": 1, "b": {"c": 1}} == document.root.plain()


@pytest.mark.parametrize(
    ("text", "place", "name"),
    [
        ("a: !foo b", (1, 4, 1, 8), "!foo"),
        ("a: &x !foo b", (1, 4, 1, 11), "!foo"),
        ("a: !!python/object/apply:os.system ['x']", (1, 4, 1, 35), "!!python/object/apply:os.system"),
        ("a: !!int 1", (1, 4, 1, 9), "!!int"),
        ("a: ! 1", (1, 4, 1, 5), "!"),
        ("!!map {a: 1}", (1, 1, 1, 6), "!!map"),
        ("a: !<tag:yaml.org,2002:str> 1", (1, 4, 1, 28), "!<tag:yaml.org,2002:str>"),
        ("a: &x\n  !foo b", (1, 4, 2, 9), "!foo"),
        ("!", (1, 1, 1, 2), "!"),
    ],
)
def test_a_tag_is_an_error_that_names_it_and_builds_nothing(text: str, place: Span, name: str) -> None:
    found = only(text)
    assert ("tag-not-allowed", place) == (found.code, span(found.place))
    assert f"`{name}`" in found.message


@pytest.mark.parametrize("text", ["a: !x!y b", "a: !a{b", "%TAG ! tag:x\n--- !a b", "a: !<x", "a: !%zz"])
def test_a_tag_that_is_no_tag_is_still_a_tag(text: str) -> None:
    assert ["tag-not-allowed"] == codes(text)


def test_a_merge_key_is_an_error_whose_hint_is_a_variable() -> None:
    found = only("a: &x {b: 1}\nc:\n  <<: *x\n  d: 1")
    assert ("merge-key", (3, 3, 3, 5)) == (found.code, span(found.place))
    assert "vars:" in found.hint
    assert "$name" in found.hint
    assert [] == codes("'<<': 1\na: <<")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[a, b]: c", (1, 1, 1, 7)),
        ("{[a]: c}", (1, 2, 1, 5)),
        ("{{a: b}: c}", (1, 2, 1, 8)),
        ("x: &a [1]\n*a : c", (2, 1, 2, 3)),
        ("x: &a\n*a : c", (2, 1, 2, 3)),
        ("? \n: b", (1, 2, 1, 2)),
        ("? - a\n: b", (1, 3, 1, 6)),
        ("[? , b]", (1, 2, 1, 3)),
    ],
)
def test_a_key_that_is_no_text_is_an_error_there(text: str, place: Span) -> None:
    found = only(text)
    assert ("complex-key", place) == (found.code, span(found.place))


def test_a_key_after_a_question_mark_is_a_key() -> None:
    assert {"a": 1, "b": None} == root("? a\n: 1\n? b").plain()


def test_an_unknown_alias_is_told_the_nearest_anchor() -> None:
    found = only("a: &stem 1\nb: *stm\nc: 2")
    assert ("unknown-alias", (2, 4, 2, 8)) == (found.code, span(found.place))
    assert "Did you mean `*stem`?" == found.hint
    assert "`$width`" in only("a: *width").hint
    assert ["unknown-alias"] == codes("*x : 1")


def test_an_alias_inside_of_what_it_stands_for_is_recursive() -> None:
    found = only("a: &x\n  b: [*x]\nc: *x")
    assert ("recursive-alias", (2, 7, 2, 9)) == (found.code, span(found.place))
    assert [(1, 4)] == [(related.place.line, related.place.column) for related in found.related]
    assert "recursive-alias" == only("&x {*x : 1}").code


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\n---\nb: 2", (2, 1, 2, 4)),
        ("--- a\n--- b", (2, 1, 2, 4)),
        ("a\n...\n%TAG ! x\n--- b", (3, 1, 3, 2)),
        ("a: 1\n%YAML 1.2\n---\nb", (2, 1, 2, 2)),
        ("a: 1\n%x", (2, 1, 2, 2)),
    ],
)
def test_a_second_document_is_an_error(text: str, place: Span) -> None:
    found = only(text)
    assert ("several-documents", place) == (found.code, span(found.place))


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only this", "---\n", "--- # x\n...\n", "\ufeff", "%YAML 1.2\n---"]
)
def test_an_empty_spec_is_an_error_and_an_empty_value_is_null(text: str) -> None:
    assert ["empty-spec"] == codes(text)
    document = reading(text, empty_ok=True)
    assert ((), None) == (document.diagnostics, document.root and document.root.plain())
    assert document.root is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("[1, 2]", [1, 2]), ("{sgd: {lr: 0.1}}", {"sgd": {"lr": 0.1}}), ("relu", "relu"), ("~", None)],
)
def test_a_value_of_the_command_line_is_yaml(text: str, value: object) -> None:
    document = reading(text, empty_ok=True)
    assert document.root is not None
    assert ((), value) == (document.diagnostics, document.root.plain())


def test_one_document_may_be_marked() -> None:
    assert {"a": 1} == root("%YAML 1.2 # x\n---\na: 1\n...\n# over\n").plain()


# What is no YAML


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("layers:\n  - bn\n    name: bn1\n", (3, 5, 3, 9), "`- {bn, name: bn1}`"),
        ("- bn\n  name: x", (2, 3, 2, 7), "`- {bn, name: x}`"),
        ("- bn  # norm\n\n    name: x # y\n", (3, 5, 3, 9), "`- {bn, name: x}`"),
        ('- "bn"\n    name: x', (2, 5, 2, 9), '`- {"bn", name: x}`'),
        ("- - bn\n    name: x", (2, 5, 2, 9), "`- {bn, name: x}`"),
        ("- {bn}\n    name: x", (2, 5, 2, 9), "`- {bn, name: x}`"),
        (
            "- bn\n    name: x\n    when: min($a, 2) > 1\nb",
            (2, 5, 2, 9),
            "{bn, name: x, when: 'min($a, 2) > 1'}",
        ),
        ("- bn\n    when: f('a', 2)", (2, 5, 2, 9), "{bn, when: \"f('a', 2)\"}"),
        ("- bn\n    expect: [1, 2]", (2, 5, 2, 11), "{bn, expect: [1, 2]}"),
        ("- bn\n    name:\n      x: 1", (2, 5, 2, 9), "`- {bn, name: …}`"),
        ("- conv: 3\n    name: x", (2, 5, 2, 9), "`- {conv: 3, name: x}`, or begin `name` in column 3."),
        (
            "- conv: {k: 3}\n    name: x",
            (2, 5, 2, 9),
            "`- {conv: {k: 3}, name: x}`, or begin `name` in column 3.",
        ),
        ("- conv: {k: 3}\n name: x", (2, 2, 2, 6), "or begin `name` in column 3."),
        ("- conv: {a: 1,\n    b: 2}\n     name: x", (3, 6, 3, 10), "column 3"),
        ("- conv: [1, {\n    b: 2}]\n     name: x", (3, 6, 3, 10), "column 3"),
        ("a:\n\t- b", (2, 1, 2, 2), "spaces"),
        ("a: 1\n\tb: 2", (2, 1, 2, 2), "spaces"),
        ("a: |\n\tb", (2, 1, 2, 2), "spaces"),
        ("- null\n\n\t", (3, 1, 3, 2), "spaces"),
        ("%YAML 1.1\n%YAML 1.1\n---\na", (2, 1, 2, 2), "quotes"),
        ("a: %x y, z", (1, 4, 1, 5), '"%x y"'),
        ("a: @x", (1, 4, 1, 5), '"@x"'),
        ("a: `x`", (1, 4, 1, 5), '"`x`"'),
        ("[a, |]", (1, 5, 1, 6), '"|"'),
        ('a: @"\\', (1, 4, 1, 5), '"@\\"\\\\"'),
        ("a: ? c", (1, 4, 1, 5), '"? c"'),
        ("a: *", (1, 5, 1, 5), '"*"'),
        ("a: & x", (1, 5, 1, 6), '"& x"'),
        ("a: |x\n b", (1, 5, 1, 6), "new line"),
        ("out_channels:5\nb: 1", (1, 1, 1, 14), "`out_channels: 5`"),
        ("a: 1\nout_channels:5\nb: 1", (2, 1, 2, 14), "`out_channels: 5`"),
        ("{relu:}", (1, 2, 1, 6), "space"),
        ("a: 1\nb\nc: 2", (2, 1, 2, 2), "`key: value`"),
        (": b", (1, 1, 1, 2), "`key: value`"),
        ("[a,, b]", (1, 4, 1, 5), "null"),
        ("[\n- a\n]", (2, 1, 2, 2), "`[a, b]`"),
        ("a: ]", (1, 4, 1, 5), "quotes"),
        ("a: - b", (1, 4, 1, 5), "new line"),
        ("a: b: c", (1, 5, 1, 6), "`a: {b: c}`"),
        ("a: b:", (1, 5, 1, 6), "new line"),
        ('"a" b: ', (1, 5, 1, 6), "double"),
        ("a: 'b': ", (1, 7, 1, 8), "new line"),
        ("{: b}", (1, 2, 1, 3), "`key: value`"),
        ("- conv: [{a: 1,\n - name: x", (2, 2, 2, 3), "`[a, b]`"),
        ("- bn\n" + "".join(f"    k{n}: {n}\n" for n in range(20)), (2, 5, 2, 7), "k7: 7}`"),
        ("- a{\n    name: x", (2, 5, 2, 9), "quotes"),
        ("a:\n  - b\n  - c{\n    d: x", (4, 5, 4, 6), "in column 1, as line 1."),
        ("a: 1\n  b: 2", (2, 3, 2, 4), "column 1"),
        ("a:\n   b: 1\n  c: 2", (3, 3, 3, 4), "in column 4, as line 2, or in column 1, as line 1"),
        ("a:\n  - b\n - c", (3, 2, 3, 5), "in column 3, as line 2, to write a further item."),
        ("a: 'it's'", (1, 8, 1, 9), "double"),
        ('a: "\\d"', (1, 5, 1, 6), "`\\\\`"),
        ('a: "\\ud800"', (1, 7, 1, 11), "`\\\\`"),
        ("{a: b}\nc: d", (2, 1, 2, 2), "column 1"),
        ("b c\n  d\n  e: f", (3, 3, 3, 4), "in quotes"),
        ("- conv {n: 1, k: 3}", (1, 7, 1, 8), "Write `conv: {…}`."),
        ("- conv:{n: 1, k: 3}", (1, 7, 1, 8), "Write `conv: {…}`."),
        ("%FOO\n---\na", (1, 1, 1, 5), "quote"),
        ("%YAML 3.0\n---\na", (1, 1, 1, 10), "quote"),
        ("%\n---\na", (1, 1, 1, 2), "quote"),
        ("a: \x07b", (1, 4, 1, 5), '"\\x07"'),
        ("a: 1\nb: \x00", (2, 4, 2, 5), '"\\x00"'),
        ("a: \ud800", (1, 4, 1, 5), "Remove"),
        ("a: x\ufeff", (1, 5, 1, 6), "invisible"),
    ],
)
def test_a_text_that_is_no_yaml_is_told_what_to_write(text: str, place: Span, hint: str) -> None:
    found = only(text)
    assert ("yaml-syntax", place) == (found.code, span(found.place))
    assert hint in found.hint


@pytest.mark.parametrize(
    ("text", "place", "opening", "hint"),
    [
        ("a: [1, 2", (1, 9, 1, 9), (1, 4, 1, 5), "`]`"),
        ("a: [1, 2\nb: 3\n", (2, 2, 2, 3), (1, 4, 1, 5), "`]`"),
        ("- conv: {k: 5\n- relu\n- maxpool: 2\n", (3, 10, 3, 11), (1, 9, 1, 10), "`}`"),
        ("{a: [b}", (1, 7, 1, 8), (1, 5, 1, 6), "`]`"),
        ("a: {b: c d: e}", (1, 11, 1, 12), (1, 4, 1, 5), "commas"),
    ],
)
def test_a_bracket_that_is_not_closed_is_pointed_at(text: str, place: Span, opening: Span, hint: str) -> None:
    found = only(text)
    assert ("yaml-syntax", place) == (found.code, span(found.place))
    assert [opening] == [span(related.place) for related in found.related]
    assert hint in found.hint


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("- {n: 2 * ${w}, k: 1}", (1, 11, 1, 13), "`$w`"),
        ("- {n: max($w[0], 3)}", (1, 13, 1, 14), "Write `$w.0`."),
        ("- {n: $w ? 3 : 4, k: 1}", (1, 10, 1, 11), "Write `3 if $w else 4`."),
        ("- {when: $act in ['a', 'b'] }", (1, 15, 1, 17), "one by one"),
    ],
)
def test_what_other_languages_write_is_explained_as_an_expression(text: str, place: Span, hint: str) -> None:
    found = only(text)
    assert ("expression-syntax", place) == (found.code, span(found.place))
    assert hint in found.hint


@pytest.mark.parametrize(
    "text", ["- {n: $a", "- {n: costs $5 {a}}", "- {n: $a {b}}", "- {n: 5 $ [a]}", "- {n: 'a' $$ [b]}"]
)
def test_prose_with_a_dollar_is_no_expression(text: str) -> None:
    assert ["yaml-syntax"] == codes(text)


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("rest", ["x\nb: y\n", "x\n---\nb: y\n"])
def test_a_quote_that_is_not_closed_is_pointed_at(quote: str, rest: str) -> None:
    found = only(f"a: {quote}{rest}")
    assert ("yaml-syntax", (1, 4, 1, 5)) == (found.code, span(found.place))
    assert "never closed" in found.message


def test_what_was_found_before_a_syntax_error_is_told_too() -> None:
    assert ["duplicate-key", "yaml-syntax"] == codes("a: 1\na: 2\nb: ]")


# Bytes


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"a: \xff", (1, 4, 1, 5)),
        ("é: 1\r\nü: ".encode() + b"\xe9 x", (2, 4, 2, 5)),
        (b"\xef\xbb\xbfa: \xc3", (1, 4, 1, 5)),
        (b"a: \xed\xa0\x80", (1, 4, 1, 5)),
    ],
)
def test_bytes_that_are_no_utf_8_are_an_error_at_the_first_of_them(raw: bytes, place: Span) -> None:
    document = read_bytes("spec.yaml", raw)
    (found,) = document.diagnostics
    assert ("not-utf8", place, "spec.yaml") == (found.code, span(found.place), found.place.source.name)
    assert "a: " in document.source.text or "ü: " in document.source.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_other_encodings_are_called_by_their_name(encoding: str) -> None:
    document = read_bytes("spec.yaml", "cnnspec: 1\n".encode(encoding))
    (found,) = document.diagnostics
    if encoding != "utf-32-le":
        assert ("not-utf8", True) == (found.code, encoding[:6].upper() in found.message)
    assert document.root is None


def test_bytes_give_what_their_text_gives() -> None:
    document = read_bytes("spec.yaml", SPEC.encode())
    assert document.root is not None
    assert shown(root(SPEC)) == shown(document.root)
    assert ("spec.yaml", SPEC) == (document.source.name, document.source.text)


def test_more_than_a_megabyte_is_too_large() -> None:
    text = "a: 1 # é\n" + "#" * (MAX_BYTES - 10)
    assert [] == codes(text)
    for document in (reading(text + "#"), read_bytes("x", (text + "#").encode()), reading("é" * 600_000)):
        (found,) = document.diagnostics
        assert "too-large" == found.code
        assert "1,000,000" in found.message
    assert 2 == reading(text + "#").diagnostics[0].place.line


# What is meant to harm


def laughs(levels: int) -> str:
    first = "a0: &a0 [lol]\n"
    return first + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, levels))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "too-deep"),
        ("- " * 100_000, "too-deep"),
        ("{a: " * 100_000, "too-deep"),
        ("? " * 100_000, "too-deep"),
        ("\n".join(" " * n + "a:" for n in range(200)), "too-deep"),
        (laughs(20), "too-many-nodes"),
        ("a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200)), "too-deep"),
        ("a: 1\n" * 190_000, "too-many-nodes"),
        ("- *a\n" * 190_000, "too-many-nodes"),
        ("[" + "1," * 400_000 + "]", "too-many-nodes"),
        ("a: " + "9" * 999_000, "number-too-large"),
        ("a: " + "9" * 999_000 + ".5", "number-too-large"),
        ("%TAG !a! x\n" * 90_000, "tag-not-allowed"),
        ("a\n...\n" + "%TAG !a! x\n" * 90_000, "several-documents"),
        ("- &a 1\n" * 10_000 + "- *zzz\n" * 10_000, "unknown-alias"),
        ("- bn\n" + "    \n" * 190_000 + "    n: x", "yaml-syntax"),
        ("- bn\n" + "    " + " #" * 490_000 + "\n    n: x", "yaml-syntax"),
        ("a: '" + "\n" * 900_000, "yaml-syntax"),
        ('"' + "a" * 900_000 + '": 1', "yaml-syntax"),
        ("&a " * 300_000, "yaml-syntax"),
        ("]" * 900_000, "yaml-syntax"),
        ("[" + "!a," * 300_000, "too-many-nodes"),
        ("x: &x '" + "a" * 500_000 + "'\n" + "*x : 1\n" * 49_000, "duplicate-key"),
        ("a: \0", "yaml-syntax"),
        ("a: \udfff", "yaml-syntax"),
    ],
    ids=range(25),
)
def test_a_hostile_text_is_refused(text: str, code: str) -> None:
    document = reading(text)
    assert code == document.diagnostics[-1].code


@pytest.mark.parametrize(
    "text", ["a" * 999_999, "#\n" * 490_000 + "a", "- >\n" + " x\n" * 300_000, "a: |\n" + "\n" * 900_000]
)
def test_a_long_text_is_read(text: str) -> None:
    assert [] == codes(text)


def test_sixty_four_levels_are_read_and_no_more() -> None:
    assert [] == codes("[" * 64 + "]" * 64)
    found = only("[" * 65 + "]" * 65)
    assert ("too-deep", (1, 65, 1, 66)) == (found.code, span(found.place))
    nested = f"a: &x {'[' * 40}{']' * 40}\nb: "
    assert [] == codes(f"{nested}{'[' * 23}*x{']' * 23}")
    assert ["too-deep"] == codes(f"{nested}{'[' * 24}*x{']' * 24}")
    assert ["too-deep"] == codes(f"{nested}&y {'[' * 20}*x{']' * 20}\nc: {'[' * 4}*y{']' * 4}")


def test_a_hundred_thousand_nodes_are_read_and_no_more() -> None:
    assert [] == codes("[" + "1," * 99_999 + "]")
    assert ["too-many-nodes"] == codes("[" + "1," * 100_000 + "]")
    assert ["too-many-nodes"] == codes("a: &x [" + "1," * 49_999 + "]\nb: *x")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
@example(b"\xff\xfe")
def test_no_bytes_make_the_reader_raise(raw: bytes) -> None:
    document = read_bytes("x", raw)
    assert document.root is not None or document.diagnostics


# libyaml's parser, and PyYAML's own where it is missing

ATOMS = [
    *"ab:-\n {}[],\"'#\t?!%@`|>\r\x85\u2028~0+=.\\é😀",
    *[
        ": ",
        "- ",
        ", ",
        " # c",
        "? ",
        "&x ",
        "&y",
        "*x",
        "*y ",
        "!t ",
        "!!str ",
        "!x!y",
        "!<x>",
        "1e9",
        "null",
        "<<",
        "\\n",
        "\\u00e9",
        "\\ud800",
        "\\x",
        "$x",
    ],
    *[
        "\\Uffffffff",
        "\\U00110000",
        '"q": ',
        "\ufeff",
        "{a: b}",
        "[a]",
        " \t",
        "a:[",
        "%20",
        "%x\n",
        "\n  ",
        "\n    ",
        "\n- ",
        "\nk: ",
    ],
    *("|-\n", ">+2\n", "|1", "\r\n", "---\n", "...\n", "%YAML 1.1\n", "%TAG ! x\n", "\\\n", "\n\n", "\n\t"),
]
TEXTS = st.lists(st.sampled_from(ATOMS), max_size=30).map("".join)


@st.composite
def damaged(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    index = draw(st.integers(0, len(SPEC)))
    atom: str = draw(st.sampled_from([*ATOMS, ""]))
    return SPEC[:index] + atom + SPEC[index + draw(st.integers(0, 2)) :]


@pytest.mark.parametrize("parser", [None, PurePythonParser], ids=["libyaml", "PyYAML"])
@settings(max_examples=300, deadline=None)
@given(text=st.one_of(TEXTS, damaged()))
@example(text='a: "\\Uffffffff"')
@example(text='a: "\\ud800"')
@example(text="a:\tb")
def test_no_text_makes_either_parser_raise_or_point_outside(text: str, parser: Any) -> None:
    document = reading(text, parser=parser)
    assert document.root is not None or document.diagnostics
    for diagnostic in document.diagnostics:
        place = diagnostic.place
        assert 1 <= place.column <= len(document.source.line(place.line)) + 1
        assert (place.line, place.column) <= (place.end_line, place.end_column)
        assert diagnostic.message
        assert diagnostic.hint


WELL_FORMED = [
    SPEC,
    "a: |1+\n  x\n\n",
    "a: >-\n  x\n\n  y\n",
    'a: "\\u00e9\\n\\\n  b"',
    "a:\n  b\n\n  c\n  # d\n",
    "- a\n- - b\n  - {c: d}\n",
    "%YAML 1.2\n---\na: &x 1\nb: *x\n...\n",
    *(path.read_text("utf-8") for path in shipped_specs().values()),
]


@pytest.mark.parametrize("text", WELL_FORMED, ids=range(len(WELL_FORMED)))
def test_a_well_formed_text_gives_the_same_nodes_with_either_parser(text: str) -> None:
    one, other = reading(text), reading(text, parser=PurePythonParser)
    assert one.root is not None
    assert other.root is not None
    assert (shown(one.root), ()) == (shown(other.root), other.diagnostics)


@pytest.mark.parametrize(
    "text",
    [
        "a: [1, 2",
        "a: 'x",
        "a: 1\nb\nc: 2",
        "- bn\n    name: x",
        "a: b: c",
        "a: 1\n  b: 2",
        "a\n--- b",
        'a: "\\ud800"',
        'a: "\\Uffffffff"',
        'a: "\\q"',
        "a: 1\na: 2",
        "a: *x",
        "a: !t 1",
        "[" * 2_000,
    ],
)
def test_a_malformed_text_gives_a_diagnostic_with_either_parser(text: str) -> None:
    for parser in (None, PurePythonParser):
        assert reading(text, parser=parser).diagnostics


def test_without_libyaml_pyyamls_own_parser_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", value=False)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert {"a": 1} == root("a: 1").plain()


def test_a_limit_of_libyamls_own_leaves_the_verdict_to_ours() -> None:
    class Limited:
        """libyaml 0.2.6, which looks a thousand brackets ahead."""

        def __init__(self, _text: str) -> None:
            pass

        def get_event(self) -> None:
            mark = Mark("", 0, 0, 0, None, None)
            raise ParserError(None, None, "exceeded maximum nesting depth", mark)

    document = read(Source("deep.yaml", "[" * 2000), parser=Limited)
    (found,) = document.diagnostics
    assert (found.code, found.place.column) == ("too-deep", 65)


def test_reading_leaves_the_garbage_collector_as_it_was():
    gc.disable()
    try:
        read(Source("x", "a: 1"))
        assert not gc.isenabled()
    finally:
        gc.enable()
    read(Source("x", "a: 1"))
    assert gc.isenabled()


def test_a_number_too_large_is_one_with_an_anchor_too():
    document = read(Source("net.yaml", f"a: &n {'9' * 40}\n"))
    assert ["number-too-large"] == [diagnostic.code for diagnostic in document.diagnostics]
