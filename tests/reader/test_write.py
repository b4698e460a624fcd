"""What is written reads back as what it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.core.diagnostic import Place, Source
from cnnspec.library.specs import shipped_specs
from cnnspec.reader.document import read
from cnnspec.reader.node import Entry, Mapping, Node, Scalar, Sequence
from cnnspec.reader.scalars import scalar_value
from cnnspec.reader.write import write

PLACE = Place(Source("test"))
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\u2028\u2029"),
    max_size=12,
)
plain = st.sampled_from(["1", "1e-3", "true", "null", "~", ".5", "0x1F", "-.inf", "12"]).map(
    lambda t: Scalar(t, scalar_value(t), PLACE)
)
scalars = st.one_of(texts.map(lambda t: Scalar(t, t, PLACE)), plain)


def _mapping(pairs: dict[str, Node]) -> Mapping:
    return Mapping({key: Entry(Scalar(key, key, PLACE), value) for key, value in pairs.items()}, PLACE)


nodes = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: Sequence(items, PLACE)),
        st.dictionaries(texts.filter(lambda t: t not in {"", "<<"}), inner, max_size=4).map(_mapping),
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(texts.filter(lambda t: t not in {"", "<<"}), nodes, min_size=1, max_size=4).map(_mapping)
)
def test_any_tree_reads_back_equal(root):
    document = read(Source("again", write(root)))
    assert () == document.diagnostics
    assert document.root is not None
    assert root.plain() == document.root.plain()


@pytest.mark.parametrize(
    "text", ["1e-3", "on", "null", "true", "0x1F", "1", "", "- x", "a: b", "#", "'", '"', "{", "%", "@x"]
)
def test_a_text_stays_a_text(text):
    document = read(Source("again", write(_mapping({"key": Scalar(text, text, PLACE)}))))
    assert {"key": text} == document.root.plain()


@pytest.mark.parametrize("path", shipped_specs().values(), ids=lambda path: path.stem)
def test_shipped_specs_read_back_equal(path):
    root = read(Source(path.name, path.read_text("utf-8"))).root
    assert root.plain() == read(Source("again", write(root))).root.plain()
