"""`cnnspec sizes`, `validate --input`, and open sizes elsewhere on the command line."""

from __future__ import annotations

import json

import pytest

UNET = "cnnspec: 1\ninput: {size}\nlayers:\n  - {{relu, name: skip}}\n  - conv: {{out_channels: 2, kernel_size: 3, stride: 2, padding: 1}}\n  - upsample: 2\n  - concat: [[], skip]\n"


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """Write a spec with this input, beside which the command runs."""
    monkeypatch.chdir(tmp_path)

    def write(size: str, text: str = UNET) -> str:
        (tmp_path / "net.yaml").write_text(text.format(size=size))
        return "net.yaml"

    return write


def test_the_answer_is_a_sentence_with_its_reasons(run, spec):
    code, out, _ = run("sizes", spec("[1, H, W]"))
    assert (0, "H and W even", "   line 7: concat: branch 1 is 2×2×?, branch 2 is 1×1×?: ") == (
        code,
        *(line[:57] for line in out.splitlines()[:2]),
    )


def test_the_answer_as_json(run, spec):
    code, out, _ = run("sizes", spec("[1, S, 8]"), "--format", "json")
    answer = json.loads(out)
    (constraint,) = answer.pop("constraints")
    assert (0, {"symbols": ["S"], "coupled": [], "exact": True, "proved_to": None}) == (code, answer)
    because = constraint.pop("because")
    assert {"symbols": ["S"], "at_least": 1, "period": 2, "residues": [0], "also": []} == constraint
    assert [7] == [reason["line"] for reason in because]
    assert because[0]["message"].endswith("(S = 1)")


def test_the_example_of_a_head_of_fixed_features(run, spec):
    text = "cnnspec: 1\ninput: {size}\nlayers: [maxpool: 4, flatten, linear: 3]\n"
    code, out, _ = run("sizes", spec("[1, 8, 8]", text), "--format", "json")
    (coupled,) = json.loads(out)["coupled"]
    assert {"H": [8, 11], "W": [8, 11]} in coupled["any_of"]
    assert (0, ["H", "W"]) == (code, coupled["symbols"])
    _, out, _ = run("sizes", "net.yaml")
    assert "H and W together: H 4..7 with W 16..19; H 8..11 with W 8..11" in out
    assert out.endswith("8×8 is valid.\n")


def test_a_given_size_that_is_not_valid_exits_1_with_the_nearest(run, spec):
    code, out, _ = run("sizes", spec("[1, 9, 8]"))
    assert (1, "9×8 is not valid; the nearest are 8×8 and 10×8.") == (code, out.splitlines()[-1])
    code, out, _ = run("sizes", "net.yaml", "--format", "json")
    assert (1, 2) == (code, json.loads(out)["constraints"][0]["period"])
    code, out, _ = run("sizes", "net.yaml", "--set", "input=[1, 10, 8]")
    assert (0, "10×8 is valid.") == (code, out.splitlines()[-1])


def test_no_valid_size_exits_1(run, spec):
    text = "cnnspec: 1\ninput: {size}\nlayers: [maxpool: 2, {{relu, expect: [1, 3, 3]}}, {{relu, expect: [1, 4, 4]}}]\n"
    code, out, _ = run("sizes", spec("[1, 6, 6]", text))
    assert (1, "no H and W is valid", "6×6 is not valid.") == (
        code,
        out.splitlines()[0],
        out.splitlines()[-1],
    )


def test_another_mistake_is_told_as_ever(run, spec):
    code, out, _ = run("sizes", spec("[1, 8, 8]", "cnnspec: 1\ninput: {size}\nlayers: [rleu]\n"))
    assert (1, True) == (code, "rleu" in out)
    code, out, _ = run("sizes", "net.yaml", "--format", "json")
    data = json.loads(out)
    assert (1, [], 1) == (code, data["constraints"], len(data["diagnostics"]))
    code, out, _ = run("sizes", "missing.yaml")
    assert (1, True) == (code, "file-not-found" in out)


def test_features_have_no_sizes(run, spec):
    code, out, _ = run("sizes", spec("[8]", "cnnspec: 1\ninput: {size}\nlayers: [relu]\n"))
    assert (0, "The input has no sizes that could be others.\n") == (code, out)


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ("[relu]", "any H and W"),
        ("[conv: {out_channels: 1, kernel_size: 5}]", "H and W ≥ 5"),
        ("[conv: {out_channels: 1, kernel_size: 5}, pixel_unshuffle: 4]", "H and W ≥ 5; H and W multiples of 4"),
        ("[pad: [0, 1, 0, 1], pixel_unshuffle: 2]", "H and W odd"),
        ("[pad: [0, 1, 0, 1], pixel_unshuffle: 4]", "H and W 3 mod 4"),
        ("[slice: {start: -2, stop: 4, axis: 1}]", "H 4..5"),
        ("[upsample: {scale_factor: 0.7}]", "This was tried for sizes up to 4,096; for larger ones it is not proved."),
        ("[flatten, unflatten: {axis: 0, unflattened_size: [-1, 2]}]", "Sizes that this allows may still be refused"),
        ("[conv: {out_channels: 1, kernel_size: 3, stride: 4}, {upsample: 4}, {pad: [-1, 0, -1, 0]}, add: [[], input]]", "H and W 3 mod 4"),
        ("[{pixel_unshuffle: 3, name: a}, {pad: [0, 1, 0, 1], from: input, name: b}, {pixel_unshuffle: 2}, {conv: {out_channels: 9, kernel_size: 1}}]", "H and W 3 mod 6"),
    ],
)  # fmt: skip
def test_sizes_in_words(run, spec, layers, said):
    _, out, _ = run("sizes", spec("[1, H, W]", "cnnspec: 1\ninput: {size}\nlayers: " + layers.replace("{", "{{").replace("}", "}}") + "\n"))  # fmt: skip
    assert said in out


def test_validate_tries_another_input(run, spec):
    assert 0 == run("validate", spec("[1, H, W]"), "--input", "1,8,10")[0]
    code, out, _ = run("validate", "net.yaml", "--input", "1,8,9")
    assert (1, True) == (code, "concat" in out)
    assert 0 == run("validate", "net.yaml")[0]


@pytest.mark.parametrize("wrong", ["1,x", "", "1;8;8", "=1,2", "0,8,8", "[1,8,8]"])
def test_an_input_that_is_none_is_a_usage_error(run, spec, wrong):
    code, _, err = run("validate", spec("[1, H, W]"), "--input", wrong)
    assert (2, True) == (code, "--input" in err)


def test_inputs_by_name(run, spec):
    text = "cnnspec: 1\ninput: {{a: [1, H, W], b: [1, H, W]}}\nlayers: [add: [a, b]]\n"
    assert 0 == run("validate", spec("", text), "--input", "a=1,8,8", "--input", "b=1,8,8")[0]
    code, out, _ = run("validate", "net.yaml", "--input", "a=1,8,8", "--input", "b=1,8,9")
    assert (1, True) == (code, "shape-mismatch" in out)


def test_the_summary_shows_formulas(run, spec):
    _, out, _ = run("summary", spec("[1, H, W]"))
    assert "net: 1×H×W → 3×H×W" in out
    assert "2×(H/2)" not in out
    assert "2×H/2×W/2" in out
    _, out, _ = run("summary", "net.yaml", "--format", "json")
    data = json.loads(out)
    assert ([1, "H", "W"], [3, "H", "W"], None) == (data["input"], data["output"], data["total"]["macs"])
    assert [2, "H/2", "W/2"] == data["layers"][1]["output"]


def test_parameters_that_depend_on_the_size_are_named(run, spec):
    text = "cnnspec: 1\ninput: {size}\nlayers: [flatten, linear: 2, {{linear: 3, name: last}}]\n"
    code, out, _ = run("validate", spec("[1, H, W]", text))
    assert (0, True) == (code, "11 parameters and those of 1, which depend on the sizes" in out)


def test_export_needs_numbers_and_says_which(run, spec):
    code, _, err = run("export", spec("[1, H, W]"))
    assert (1, True) == (code, "--set 'input=[1, 224, 224]'" in err)
    assert 0 == run("export", "net.yaml", "--set", "input=[1, 224, 224]")[0]
    text = "cnnspec: 1\ninput: {size}\nlayers: [global_avgpool, flatten, linear: 10]\ndata: digits\n"
    code, _, err = run("export", spec("[1, H, W]", text))
    assert (1, True) == (code, "--set 'input=[1, 8, 8]'" in err)
