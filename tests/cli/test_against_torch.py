"""`cnnspec validate --against torch`."""

from __future__ import annotations

import json

import pytest

from cnnspec.backend import comparison
from cnnspec.backend.comparison import Comparison
from cnnspec.core.diagnostic import Diagnostic, Place


def test_a_spec_that_is_as_in_torch_says_so(run):
    assert (0, "mnist: ok, 1×28×28 → 10, 21,840 parameters, 0.48 M MACs, as in torch\n", "") == run(
        "validate", "mnist", "--against", "torch"
    )


def test_what_is_too_large_is_run_without_numbers_and_says_so(run, monkeypatch):
    monkeypatch.setattr(comparison, "_MOST_BYTES", 0)
    code, out, _ = run("validate", "mnist", "--against", "torch")
    assert (0, True) == (
        code,
        out.endswith(", as in torch, on its meta device (too large to run: shapes alone)\n"),
    )
    files = json.loads(run("validate", "mnist", "--against", "torch", "--format", "json")[1])["files"]
    assert "meta" == files[0]["compared_on"]


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_difference_is_an_error(run, monkeypatch, form):
    def different(plan):
        place = Place(plan.nodes[0].place.source, 3, 1, 3, 2)
        return Comparison((Diagnostic("differs-from-torch", "it does", place),), "cpu")

    monkeypatch.setattr(comparison, "compare", different)
    code, out, _ = run("validate", "mnist", "--against", "torch", "--format", form)
    assert (1, True, False) == (code, "differs-from-torch" in out, ": ok" in out)


def test_a_spec_with_errors_is_not_built(run, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relux]\n")
    code, out, _ = run("validate", path, "mnist", "--against", "torch")
    assert (1, True, True) == (code, "error[unknown-kind]" in out, "as in torch" in out)


def test_each_variant_is_compared(run, tmp_path):
    path = tmp_path / "v.yaml"
    path.write_text(
        "cnnspec: 1\ninput: [1, 8, 8]\nvars: {w: 2}\nvariants: {wide: {w: 5}}\nlayers: [conv: {out_channels: $w, kernel_size: 3}]\n"
    )
    assert 2 == run("validate", path, "--against", "torch")[1].count("as in torch")
