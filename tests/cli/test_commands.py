"""The commands as a user types them: what they print, and how they exit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import cnnspec
from cnnspec.cli.main import cli, command_names
from cnnspec.cli.output import output_errors
from cnnspec.codegen.targets import TARGETS, export
from cnnspec.library.specs import shipped_networks, shipped_specs

ROOT = Path(__file__).parents[2]

BAD = """\
# shapes: conv 20×8×8, pool 20×4×4
cnnspec: 1
input: [10, 12, 12]
layers:
  - conv: {out_channels: 20, kernel_size: 5}
  - relu
  - maxpool: 2
  - flatten
  - linear: {in_features: 400, out_features: 50}
  - linear: 10
"""


@pytest.fixture
def bad(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text(BAD, "utf-8")
    return "bad.yaml"


class TestValidate:
    def test_a_fine_spec_is_one_line(self, run):
        path = ROOT / "specs" / "mnist.yaml"
        expected = f"{path}: ok, 1×28×28 → 10, 21,840 parameters, 0.48 M MACs\n"
        assert (0, expected, "") == run("validate", path)

    def test_a_mistake_has_its_line_its_numbers_and_a_remedy(self, run, bad):
        code, out, err = run("validate", bad)
        assert (1, "") == (code, err)
        assert out == (
            "bad.yaml:9:27: error[wrong-assertion] linear: in_features says 400, the input has 320\n"
            "   9 |   - linear: {in_features: 400, out_features: 50}\n"
            "     |                           ^^^\n"
            "   bad.yaml:8:5: flatten gave 320 = 20 × 4 × 4\n"
            "   Write `in_features: 320`, or leave in_features out.\n"
            "1 error\n"
        )

    def test_json_has_the_same_in_data(self, run, bad):
        code, out, _ = run("validate", bad, "--format", "json")
        (file,) = json.loads(out)["files"]
        (found,) = file["diagnostics"]

        def edit(column, end, text):
            return {"line": 9, "column": column, "end_line": 9, "end_column": end, "text": text}

        assert (1, "bad.yaml", False) == (code, file["path"], file["ok"])
        assert {
            "code": "wrong-assertion",
            "severity": "error",
            "message": "linear: in_features says 400, the input has 320",
            "line": 9,
            "column": 27,
            "end_line": 9,
            "end_column": 30,
            "hint": "Write `in_features: 320`, or leave in_features out.",
            "fixes": [
                {"title": "write `in_features: 320`", "certain": False, "edits": [edit(27, 30, "320")]},
                {"title": "leave in_features out", "certain": False, "edits": [edit(14, 32, "")]},
            ],
            "related": [
                {
                    "line": 8,
                    "column": 5,
                    "end_line": 8,
                    "end_column": 12,
                    "message": "flatten gave 320 = 20 × 4 × 4",
                }
            ],
        } == found

    def test_github_shows_it_beside_the_line(self, run, bad):
        _, out, _ = run("validate", bad, "--format", "github")
        assert out.startswith(
            "::error file=bad.yaml,line=9,col=27,endLine=9,endColumn=30,title=wrong-assertion::"
            "linear: in_features says 400, the input has 320. Write `in_features"
        )

    def test_a_place_in_a_setting_is_not_taken_for_one_in_the_file(self, run):
        setting = ("validate", "mnist", "--set", "input=3,64", "--format")
        (found,) = json.loads(run(*setting, "json")[1])["files"][0]["diagnostics"]
        assert ("--set input", 1, 1) == (found["source"], found["line"], found["column"])
        assert run(*setting, "github")[1].startswith("::error title=bad-input::--set input: input is")

    def test_many_specs_are_many_lines_and_one_bad_one_fails(self, run, bad):
        code, out, _ = run("validate", "mnist", bad, "lenet5")
        assert 1 == code
        assert ["mnist:", "lenet5:"] == [line.split()[0] for line in out.splitlines() if ": ok, " in line]

    def test_every_shipped_spec_is_fine(self, run):
        code, out, _ = run("validate", *shipped_specs())
        assert 0 == code
        families = shipped_networks().items() - {
            (name, (path, None)) for name, path in shipped_specs().items()
        }
        assert len(shipped_specs()) + len(families) == out.count(": ok, ")

    def test_warnings_alone_are_no_failure(self, run, tmp_path):
        path = tmp_path / "w.yaml"
        path.write_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 12]\ndata: digits\n")
        code, out, _ = run("validate", path)
        assert 0 == code
        assert "warning[too-many-outputs]" in out
        assert ": ok, 1×8×8 → 12" in out

    def test_strictly_taken_warnings_are_a_failure(self, run, tmp_path):
        path = tmp_path / "w.yaml"
        path.write_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 12]\ndata: digits\n")
        code, out, _ = run("validate", "--strict", path, "resnet18")
        assert 1 == code
        assert ["resnet18: ok, "] == [line[:14] for line in out.splitlines() if ": ok, " in line]
        code, out, _ = run("validate", "--strict", path, "resnet18", "--format", "json")
        assert (1, [False, True]) == (code, [file["ok"] for file in json.loads(out)["files"]])
        assert 0 == run("validate", "--strict", "resnet18", "vgg16")[0]

    @pytest.mark.parametrize(("norms", "told"), [("false", 1), ("true", 0)])
    def test_an_ignore_that_no_variant_needs_is_told_once(self, run, tmp_path, norms, told):
        path = tmp_path / "v.yaml"
        path.write_text(
            f"cnnspec: 1\ninput: [4, 8, 8]\nvars: {{bn: false}}\nvariants: {{a: {{bn: {norms}}}, b: {{}}}}\n"
            "lint: {ignore: [bias-before-bn]}\n"
            "layers:\n  - conv: {out_channels: 12, kernel_size: 1}\n  - {bn, when: $bn}\n"
        )
        code, out, _ = run("validate", "--strict", path)
        assert (told, told) == (code, out.count("unused-ignore"))
        assert (
            0
            == run("validate", "--strict", f"{path}@b")[0]
            == run("validate", "--strict", path, "--set", "bn=false")[0]
        )

    def test_variants_are_checked_too(self, run, tmp_path):
        path = tmp_path / "v.yaml"
        path.write_text(
            "cnnspec: 1\ninput: [4, 8, 8]\nvars: {groups: 2}\nvariants: {fine: {groups: 4}, odd: {groups: 3}}\n"
            "layers:\n  - conv: {out_channels: 12, kernel_size: 1, groups: $groups}\n"
        )
        code, out, _ = run("validate", path)
        assert 1 == code
        assert [f"{path}:", f"{path}@fine:"] == [
            line.split()[0] for line in out.splitlines() if ": ok, " in line
        ]
        assert "4 input channels do not split into 3 groups" in out
        assert 0 == run("validate", f"{path}@fine")[0]

    def test_a_wrong_setting_is_told_once_for_all_variants(self, run, tmp_path):
        path = tmp_path / "v.yaml"
        path.write_text(
            "cnnspec: 1\ninput: [1, 8, 8]\nvars: {w: 1}\nvariants: {big: {w: 2}}\nlayers: [relu]\n"
        )
        assert "1 error" == run("validate", path, "--set", "nope=3")[1].splitlines()[-1]

    def test_settings_change_variables_and_paths(self, run):
        assert "→ 7," in run("validate", "mnist", "--set", "layers.8.linear=7", "--set", "data=")[1]

    @pytest.mark.parametrize(
        ("setting", "words"),
        [
            ("layers", "has no value"),
            ("epoch=3", "Did you mean"),
            ("train.epochs=three", "epochs is 'three', it must be a whole number"),
            ("train.epochs=[", "yaml-syntax"),
            ("layers.99.linear=7", "positions 0 to 8"),
            ("input.0.x=7", "can't be set"),
        ],
    )
    def test_a_wrong_setting_is_told(self, run, setting, words):
        code, out, _ = run("validate", "mnist", "--set", setting)
        assert 1 == code
        assert words in out


@pytest.mark.parametrize("form", ["text", "json", "github"])
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("missing.yaml", None, "file-not-found"),
        ("latin.yaml", b"cnnspec: 1\nname: caf\xe9\n", "not-utf8"),
        ("empty.yaml", b"", "empty-spec"),
        ("comment.yaml", b"# nothing\n", "empty-spec"),
        ("list.yaml", b"- relu\n", "not-a-mapping"),
        ("text.yaml", b"relu\n", "not-a-mapping"),
        ("two.yaml", b"cnnspec: 1\n---\ncnnspec: 1\n", "several-documents"),
        ("tag.yaml", b"cnnspec: !!python/object/apply:os.system ['echo no']\n", "tag-not-allowed"),
        ("deep.yaml", b"a: " + b"[" * 100_000, "too-deep"),
        ("large.yaml", b"a: " + b"x" * 1_100_000, "too-large"),
        (
            "number.yaml",
            b"cnnspec: 1\ninput: [" + b"9" * 5_000 + b", 8, 8]\nlayers: [relu]\n",
            "number-too-large",
        ),
        ("binary.yaml", bytes(range(256)), "not-utf8"),
        ("nul.yaml", b"cnnspec: \x00 1\n", "yaml-syntax"),
    ],
)
def test_a_file_that_is_no_spec_is_one_diagnostic(run, tmp_path, monkeypatch, name, content, code, form):
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(name).write_bytes(content)
    for command in ("validate", "summary") if form != "github" else ("validate",):
        status, out, err = run(command, name, "--format", form)
        assert (1, "") == (status, err)
        assert 1 == out.count(code)
        assert all(len(line) < 400 for line in out.splitlines())


def test_a_folder_is_no_spec_to_summarise(run, tmp_path):
    code, out, _ = run("summary", tmp_path)
    assert (1, True) == (code, "error[not-a-file] this is a directory, not a spec" in out)


class TestSummary:
    def test_the_table_has_a_row_a_layer(self, run):
        code, out, _ = run("summary", "mnist")
        assert 0 == code
        assert out == (
            "mnist: 1×28×28 → 10\n"
            "\n"
            "line  name  kind     output    params    MACs  sees\n"
            "   7  0     conv     10×24×24     260  0.14 M  5\n"
            "   8  1     relu     10×24×24                  5\n"
            "   9  2     maxpool  10×12×12                  6\n"
            "  10  3     conv     20×8×8     5,020  0.32 M  14\n"
            "  11  4     relu     20×8×8                    14\n"
            "  12  5     maxpool  20×4×4                    16\n"
            "  13  6     flatten  320                       16\n"
            "  14  7     linear   50        16,050  0.02 M  28\n"
            "  15  8     linear   10           510     500  28\n"
            "\n"
            "21,840 parameters, 0.48 M MACs\n"
            "\n"
            "line: where it is written; name: its path in the network; kind: the layer, or\n"
            "the block; output: channels × sizes, without the batch; params: learned numbers;\n"
            "MACs: multiply-accumulates of one sample, two FLOPs each; sees: how much of the\n"
            "input, in positions along each axis.\n"
        )

    def test_explain_derives_every_number(self, run):
        out = run("summary", "mnist", "--explain")[1]
        assert (
            "\n   7  0     conv     10×24×24     260  0.14 M  5\n"
            "    size: ⌊(28 + 2·0 − 1·(5−1) − 1)/1⌋ + 1 = 24\n"
            "    parameters: 10·1·5·5 (weight) + 10 (bias) = 260\n"
            "    MACs: 10·24·24 outputs × 5·5·1 = 144,000\n"
            "    sees: 1 + (5 − 1)·1·1 = 5\n"
        ) in out

    def test_rounds_that_are_alike_are_one_with_their_number(self, run):
        out = run("summary", "resnet50", "--depth", "2")[1]
        assert "  48  layer3.5  bottleneck      1024×14×14  1,117,184  218.37 M  267   5\n" in out
        assert "layer3.4" not in out
        assert "×: so many rounds in a row are alike" in " ".join(out.split())

    def test_a_depth_sums_groups_up(self, run):
        out = run("summary", "resnet18", "--depth", "1")[1]
        rows = [
            line.split() for line in out.splitlines() if "layer" in line.split("  ")[0] or " layer" in line
        ]
        assert ["35", "layer1", "14", "layers", "64×56×56", "147,968", "462.42", "M", "43"] == rows[0]
        assert 4 == sum(row[1:2] == [f"layer{number}"] for number in range(1, 5) for row in rows)
        assert run("summary", "resnet18", "--depth", "0")[0] == 2

    @pytest.mark.parametrize("columns", ["40", "60", "80"])
    @pytest.mark.parametrize("options", [(), ("--explain",), ("--memory",), ("--depth", "2", "--memory")])
    def test_it_fits_the_terminal(self, run, monkeypatch, columns, options):
        monkeypatch.setenv("COLUMNS", columns)
        out = run("summary", "resnet50", *options)[1]
        assert max(map(len, out.splitlines())) <= int(columns)

    def test_where_the_terminal_is_narrow_the_legend_tells_of_the_columns_that_are_left(
        self, run, monkeypatch
    ):
        monkeypatch.setenv("COLUMNS", "40")
        out = run("summary", "resnet50")[1]
        assert "MACs: " not in out
        assert "params: learned numbers" in " ".join(out.split())

    def test_a_file_has_room_for_all_columns(self, run, monkeypatch):
        monkeypatch.delenv("COLUMNS")
        out = run("summary", "resnet50", "--memory")[1]
        assert {"line", "name", "kind", "output", "params", "MACs", "sees", "memory", "×"} == set(
            out.splitlines()[2].split()
        )

    def test_memory_is_told_for_a_batch_and_a_precision(self, run):
        out = run("summary", "mnist", "--memory")[1]
        assert "memory with batch_size 64 in fp32:\n  inference: " in out
        assert "  training with sgd: " in out
        assert "largest batch_size in 8.00 GB:\n" in out
        other = run(
            "summary", "mnist", "--memory", "--batch-size", "1", "--precision", "bf16", "--fits", "1MiB"
        )[1]
        assert "memory with batch_size 1 in bf16:" in other
        assert "largest batch_size in 1.05 MB:" in other

    def test_memory_in_json_is_in_bytes(self, run):
        total = json.loads(run("summary", "mnist", "--memory", "--format", "json")[1])["total"]
        assert ["params", "macs", "flops", "memory", "largest_batch"] == list(total)
        assert {"batch_size": 64, "precision": "fp32"}.items() <= total["memory"].items()
        assert 3_000_000 < total["memory"]["inference"] < total["memory"]["training"] < 6_000_000
        assert 8 * 10**9 == total["largest_batch"]["memory"]

    @pytest.mark.parametrize("size", ["8", "8GB", "0.5 GiB"])
    def test_a_memory_size_is_as_in_a_budget(self, run, size):
        assert 0 == run("summary", "mnist", "--memory", "--fits", size)[0]

    @pytest.mark.parametrize("size", ["8gb", "0GB", "lots", "-1"])
    def test_what_is_no_memory_size_is_said(self, run, size):
        code, _, err = run("summary", "mnist", "--memory", f"--fits={size}")
        assert (2, True) == (code, "Write a number with kB, MB, GB or GiB, as in 8GB." in err)

    def test_of_what_is_not_known_the_memory_is_unknown(self, run, tmp_path):
        path = tmp_path / "late.yaml"
        path.write_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers:\n  - relu\n  - maxpool: 9\n")
        code, out, _ = run("summary", path, "--memory")
        assert (1, True) == (code, "  inference: unknown\n" in out)
        assert None is json.loads(run("summary", path, "--memory", "--format", "json")[1])["total"]

    def test_where_train_is_wrong_or_no_network_could_be_read_nothing_is_said_of_memory(self, run, tmp_path):
        path = tmp_path / "wrong.yaml"
        path.write_text("cnnspec: 1\ninput: [8]\nlayers: [relu]\ntrain: {epochs: none}\n")
        assert (1, False) == (
            run("summary", path, "--memory")[0],
            "memory with" in run("summary", path, "--memory")[1],
        )
        path.write_text("[1]")
        assert 1 == run("summary", path, "--memory")[0]

    def test_without_an_input_nothing_is_said_of_shapes(self, run, tmp_path):
        path = tmp_path / "open.yaml"
        path.write_text("cnnspec: 1\nlayers: []\n")
        out = run("summary", path)[1]
        assert "None" not in out
        assert out.startswith("open\n")

    def test_json_has_an_entry_a_layer(self, run):
        data = json.loads(run("summary", "mnist", "--format", "json")[1])
        assert ["name", "input", "output", "layers", "total"] == list(data)
        assert ("mnist", [1, 28, 28], [10]) == (data["name"], data["input"], data["output"])
        assert {"params": 21840, "macs": 480500, "flops": 961000} == data["total"]
        outputs = [
            [10, 24, 24],
            [10, 24, 24],
            [10, 12, 12],
            [20, 8, 8],
            [20, 8, 8],
            [20, 4, 4],
            [320],
            [50],
            [10],
        ]
        assert outputs == [layer["output"] for layer in data["layers"]]
        assert {
            "path": "3",
            "kind": "conv",
            "line": 10,
            "input": [10, 12, 12],
            "output": [20, 8, 8],
            "params": 5020,
            "macs": 320000,
            "receptive_field": [14, 14],
        } == data["layers"][3]

    def test_a_wrong_spec_shows_the_table_down_to_the_mistake(self, run, tmp_path):
        path = tmp_path / "late.yaml"
        path.write_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers:\n  - relu\n  - maxpool: 9\n  - relu\n")
        code, out, _ = run("summary", path)
        assert 1 == code
        assert (
            out.index("   4  0     relu") < out.index("From here on") < out.index("error[kernel-too-large]")
        )
        data = json.loads(run("summary", path, "--format", "json")[1])
        assert ["0"] == [layer["path"] for layer in data["layers"]]
        assert ["kernel-too-large"] == [found["code"] for found in data["diagnostics"]]

    def test_no_row_is_wider_than_the_terminal(self, run, tmp_path):
        path = tmp_path / "deep.yaml"
        name = "a_rather_long_name_for_a_group_of_layers"
        path.write_text(
            f"cnnspec: 1\ninput: [64, 224, 224]\nlayers:\n  - {{name: {name}, layers: [{{layers: [relu], name: {name}}}]}}\n"
        )
        out = run("summary", path)[1]
        assert max(map(len, out.splitlines())) <= 80
        assert "…" in out


class TestExport:
    def test_the_source_goes_to_standard_output(self, run):
        code, out, err = run("export", "mnist", "--to", "python")
        assert (0, "") == (code, err)
        compile(out, "mnist.py", "exec")
        assert "nn.Conv2d(1, 10, 5),  # 10×24×24" in out

    @pytest.mark.parametrize("target", TARGETS)
    def test_every_target_is_in_the_help_and_has_a_text(self, run, target):
        told = " ".join(run("export", "--help")[1].split())
        assert f"{target}: {TARGETS[target].description}" in told
        assert (
            export(cnnspec.check("mnist").require_plan(), target) == run("export", "mnist", "--to", target)[1]
        )

    def test_or_into_a_file(self, run, tmp_path):
        path = tmp_path / "net.py"
        assert (0, "") == run("export", "mnist", "--out", path)[:2]
        assert run("export", "mnist")[1] == path.read_text("utf-8")

    def test_a_place_that_cannot_be_written_is_one_line(self, run, tmp_path):
        code, out, err = run("export", "mnist", "--out", tmp_path / "no" / "net.py")
        assert (1, "") == (code, out)
        assert err.startswith("error: ")

    def test_the_spec_itself_is_not_overwritten(self, run, tmp_path):
        path = tmp_path / "net.yaml"
        path.write_text("cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n")
        code, _, err = run("export", path, "--out", path)
        assert 1 == code
        assert "the spec itself" in err
        assert path.read_text().startswith("cnnspec: 1")

    def test_a_wrong_spec_is_not_printed(self, run, bad):
        code, out, err = run("export", bad)
        assert (1, "") == (code, out)
        assert "error[wrong-assertion]" in err
        assert "import torch" not in out


class TestExplain:
    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("relu", ["dead", "centred"]),
            ("sigmoid", ["gradient"]),
            ("tanh", ["Gradients vanish"]),
            ("softmax", ["cross_entropy"]),
            ("bn", ["conv", "linear"]),
            ("maxpool", ["1/n"]),
            ("linear", ["conv"]),
            ("conv", ["⌊", "padding_mode", "circular"]),
        ],
    )
    def test_a_kind_is_explain(self, run, kind, words):
        code, out, _ = run("explain", kind)
        assert 0 == code
        assert [] == [word for word in words if word not in out]
        assert max(map(len, out.splitlines())) <= 80

    def test_a_code_is_explain(self, run):
        assert "wrong-assertion" in run("explain", "wrong-assertion")[1]

    def test_without_a_subject_all_kinds_are_listed(self, run):
        out = run("explain")[1]
        assert out.startswith("conv ")
        assert "\nconcat " in out

    def test_an_unknown_subject_suggests(self, run):
        code, _, err = run("explain", "convv")
        assert 2 == code
        assert "Did you mean conv" in err


def test_the_schema_is_json(run):
    assert "http://json-schema.org/draft-07/schema#" == json.loads(run("schema")[1])["$schema"]


class TestUsage:
    @pytest.mark.parametrize("name", command_names())
    def test_every_command_helps_with_an_example(self, name):
        done = CliRunner().invoke(cli, [name, "--help"])
        assert 0 == done.exit_code
        assert f"cnnspec {name}" in done.output.split("Example:\n")[1]
        assert "\\b" not in done.output

    def test_help_lists_the_commands(self):
        out = CliRunner().invoke(cli, ["--help"]).output
        assert "  export    Print the network as a Python file.\n" in out
        assert [] == [name for name in command_names() if f"  {name} " not in out]

    @pytest.mark.parametrize(
        "args", [["validate"], ["valdate", "x"], ["validate", "mnist", "--formt", "json"], ["summary"]]
    )
    def test_wrong_usage_exits_2_on_stderr(self, run, args):
        code, out, err = run(*args)
        assert (2, "") == (code, out)
        assert "Error: " in err

    def test_a_misspelt_command_suggests(self, run):
        assert "Did you mean validate?" in run("valdate")[2]

    def test_an_unknown_spec_suggests(self, run):
        code, out, _ = run("validate", "mnits")
        assert 1 == code
        assert "Did you mean mnist?" in out

    @pytest.mark.usefixtures("bad")
    def test_a_misspelt_file_suggests(self, run):
        assert "Did you mean bad.yaml?" in run("validate", "bda.yaml")[1]

    def test_python_m_does_the_same_and_pipes_carry_no_colour(self, bad):
        done = subprocess.run(
            [sys.executable, "-m", "cnnspec", "validate", bad],
            capture_output=True,
            check=False,
            env={"PYTHONIOENCODING": "ascii"},
        )
        assert 1 == done.returncode
        assert b"\x1b" not in done.stdout
        assert "20 × 4 × 4" in done.stdout.decode("utf-8")

    @pytest.mark.parametrize(
        "arguments", ["schema", "--help", "train --help", "validate digits mnist resnet50", "list"]
    )
    def test_a_reader_that_stops_early_ends_the_command_without_a_word(self, arguments):
        command = f"{sys.executable} -m cnnspec {arguments} | true; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
        assert (b"141\n", b"") == (done.stdout, done.stderr)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
    @pytest.mark.parametrize("arguments", ["schema", "--version", "explain --help", "validate digits"])
    def test_output_that_cannot_be_written_is_one_line(self, arguments):
        command = f"{sys.executable} -m cnnspec {arguments} >/dev/full"
        done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
        expected = b"error: standard output: can't be written (No space left on device)\n"
        assert (1, expected) == (done.returncode, done.stderr)

    def test_an_error_of_a_file_is_not_taken_for_one_of_the_output(self):
        with pytest.raises(FileNotFoundError), output_errors():
            Path("/nonexistent").read_text("utf-8")


def test_what_a_spec_holds_cannot_move_the_terminals_cursor(run, tmp_path):
    path = tmp_path / "evil.yaml"
    path.write_text('cnnspec: 1\ninput: [1, 8, 8]\nlayers:\n  - "\\e[2J\\u202eevil"\n', "utf-8")
    out = run("validate", path)[1]
    assert "\x1b[2J" not in out
    assert "\u202e" not in out


def test_a_long_line_is_cut_around_the_caret(run, tmp_path):
    path = tmp_path / "long.yaml"
    path.write_text(f"cnnspec: 1\ninput: [1, 8, 8]\nlayers: [{'relu, ' * 40}rleu{', relu' * 40}]\n")
    quote, caret = run("validate", path)[1].splitlines()[1:3]
    assert len(quote) <= 80
    assert "rleu" == quote[caret.index("^") : caret.rindex("^") + 1]


def test_carets_stand_under_wide_characters(run, tmp_path):
    path = tmp_path / "wide.yaml"
    path.write_text(
        "cnnspec: 1\ninput: [1, 8, 8]\nlayers:\n  - {layers: [relu], name: 卷积, rleu: 1}\n", "utf-8"
    )
    lines = run("validate", path)[1].splitlines()
    assert lines[1].index("rleu") + 2 == lines[2].index("^")


def test_a_path_that_can_not_even_be_looked_at_is_told_in_a_line():
    done = subprocess.run(
        [sys.executable, "-m", "cnnspec", "eval", "x" * 300], capture_output=True, text=True, check=False
    )
    assert (1, "") == (done.returncode, done.stdout)
    assert "File name too long" in done.stderr
    assert 1 == len(done.stderr.splitlines())


PLUGINS = """
import sys
from cnnspec.cli.main import main
sys.argv = ["cnnspec", "validate", "mnist"]
try:
    main()
except SystemExit as end:
    assert not end.code
assert "importlib.metadata" not in sys.modules
from pydantic.plugin._loader import PYDANTIC_ENTRY_POINT_GROUP, get_plugins
assert PYDANTIC_ENTRY_POINT_GROUP == "pydantic"
"""


def test_no_plugins_of_pydantic_are_looked_for_and_what_else_its_loader_has_is_there():
    subprocess.run([sys.executable, "-c", PLUGINS], check=True, capture_output=True)


def test_a_file_that_is_not_read_whole_is_not_written(run, tmp_path):
    contents = {
        "latin.yaml": b"cnnspec: 1\ninput: [8]\nlayers: [liner: 2]  # caf\xe9\n",
        "large.yaml": b"cnnspec: 1\ninput: [8]\nlayers: [liner: 2]\n#" + b"x" * 1_100_000,
    }
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        assert (0, "") == run("validate", "--diff", path)[:2]
        assert 1 == run("validate", "--fix", path)[0]
        assert content == path.read_bytes()


def test_what_is_certain_is_written_and_all_else_stays(run, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfcnnspec: 1\r\ninput: [8]  # eight\r\nlayers: [liner: 2]\r\n")
    path.chmod(0o640)
    assert 1 == run("validate", "--diff", path)[0]
    assert 0 == run("validate", "--fix", path)[0]
    assert b"\xef\xbb\xbfcnnspec: 1\r\ninput: [8]  # eight\r\nlayers: [linear: 2]\r\n" == path.read_bytes()
    assert 0o640 == path.stat().st_mode & 0o777
    assert 0 == run("validate", "--diff", path)[0]


@pytest.mark.parametrize("option", ["--fix", "--diff"])
def test_no_fix_is_written_to_what_ships_or_to_a_setting(run, tmp_path, option):
    path = tmp_path / "a.yaml"
    path.write_text("cnnspec: 1\ninput: [8]\nlayers: [linear: 2]\n")
    assert 2 == run("validate", option, "mnist")[0]
    assert 2 == run("validate", option, path, "--set", "name=b")[0]
