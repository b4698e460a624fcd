"""`cnnspec explain SPEC NODE` and what is said where the words are neither a topic nor a node."""

from __future__ import annotations

import pytest

SPEC = "cnnspec: 1\ninput: [3, 8, 8]\nvars: {width: 4}\nlayers:\n  - {conv: {out_channels: $width, kernel_size: 3}, name: a}\n"


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    return path


def test_a_node_is_explained(run, spec):
    code, out, err = run("explain", spec, "a")
    assert (0, "") == (code, err)
    assert "parameters: 4·3·3·3 (weight) + 4 (bias) = 112" in out


def test_settings_and_variants_are_heeded(run, spec):
    assert "= 224" in run("explain", spec, "a", "--set", "width=8")[1]
    assert "conv conv1 of resnet34: 64×112×112" in run("explain", "resnet@resnet34", "conv1")[1]


def test_a_line_is_given_in_one_word_or_two(run, spec):
    assert run("explain", spec, "line", "5")[1] == run("explain", spec, "line 5")[1]


def test_an_unknown_node_is_answered_with_near_ones(run):
    code, out, err = run("explain", "resnet18", "layer9.0.conv1")
    assert (2, "") == (code, out)
    assert "layer9.0.conv1 is no layer of resnet18. Did you mean layer" in err
    assert "`cnnspec summary resnet18` lists the layers." in run("explain", "resnet18", "zzzz")[2]


def test_a_spec_alone_asks_for_a_node(run, spec):
    code, _, err = run("explain", spec)
    assert 2 == code
    assert "is a spec. Name a layer of it" in err
    assert f"`cnnspec explain {spec} a`" in " ".join(err.split())


def test_a_wrong_spec_is_explained_as_far_as_it_is_known_and_its_errors_told(run, spec):
    spec.write_text(SPEC + "  - {maxpool: 9, name: b}\n")
    code, out, _ = run("explain", spec, "a")
    assert 1 == code
    assert "= 112" in out
    assert "error[kernel-too-large]" in out
    code, out, err = run("explain", spec, "c")
    assert 2 == code
    assert "error[kernel-too-large]" in out
    assert "c is no layer" in err


def test_a_spec_that_is_none_is_told_as_everywhere(run, tmp_path):
    code, out, _ = run("explain", tmp_path / "absent.yaml", "a")
    assert 1 == code
    assert out.startswith(str(tmp_path))
    assert "error[file-not-found]" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["resnte18", "fc"], "no spec called resnte18 ships with cnnspec. Did you mean resnet18?"),
        (["receptive", "feild"], "Did you mean receptive-field?"),
        (["Dense", "Flatten"], "Dense is no spec: ask for one at a time."),
        (["zzzz", "fc"], "`cnnspec explain` lists the words."),
        (["zzzz"], "`cnnspec explain` lists the words."),
        (["conv", "--set", "width=8"], "--set goes with a SPEC and a NODE."),
        (["--set", "width=8"], "--set goes with a SPEC and a NODE."),
    ],
)
def test_what_is_neither_a_topic_nor_a_node_is_answered(words, told, run):
    code, out, err = run("explain", *words)
    assert (2, "") == (code, out)
    assert told in " ".join(err.split())


def test_an_empty_word_is_none(run):
    assert run("explain", "")[1] == run("explain")[1]


def test_a_word_may_be_several(run):
    assert run("explain", "learning", "rate")[1] == run("explain", "learning rate")[1]
