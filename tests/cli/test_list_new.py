"""`cnnspec list` and `cnnspec new`: what ships, and a copy of it to start from."""

from __future__ import annotations

import json

import pytest

import cnnspec
from cnnspec.library.new import starter_text
from cnnspec.library.specs import open_spec, shipped_networks


class TestList:
    def test_every_network_has_a_row(self, run):
        code, out, _ = run("list")
        head, *rows = out.splitlines()
        assert (0, ["name", "input", "output", "parameters", "MACs"]) == (code, head.split())
        assert ["mnist", "1×28×28", "10", "21,840", "0.48", "M"] in [row.split() for row in rows]
        assert ["resnet18", "3×224×224", "1000", "11,689,512", "1.81", "G"] in [row.split() for row in rows]
        assert len(rows) == len(shipped_networks())

    def test_a_text_chooses(self, run):
        _, out, _ = run("list", "RESNEXT")
        assert [name for name in shipped_networks() if "resnext" in name] == [
            row.split()[0] for row in out.splitlines()[1:]
        ]

    def test_a_text_that_chooses_none_is_wrong_usage(self, run):
        code, _, err = run("list", "nonesuch")
        assert (2, True) == (code, "nonesuch" in err)

    def test_json_has_numbers(self, run):
        (data,) = json.loads(run("list", "resnet18", "--format", "json")[1])
        assert {
            "name": "resnet18",
            "file": "specs/resnet.yaml",
            "input": [3, 224, 224],
            "output": [1000],
            "params": 11_689_512,
            "macs": 1_814_073_344,
            "flops": 3_628_146_688,
        } == data


class TestNew:
    @pytest.mark.parametrize("spec", sorted(shipped_networks()))
    def test_a_copy_of_each_is_the_same_network_without_warnings(self, spec):
        result = cnnspec.check(spec)
        copy = cnnspec.check_text(starter_text(open_spec(spec), result))
        assert ((), result.plan.state()) == (copy.diagnostics, copy.plan.state())
        assert (result.plan.params, result.plan.macs) == (copy.plan.params, copy.plan.macs)

    def test_the_file_keeps_the_layout_and_loses_the_other_variants(self, run, tmp_path):
        file = tmp_path / "mine.yaml"
        code, out, _ = run("new", str(file), "--from", "resnet18")
        assert (0, f"wrote {file}, a copy of resnet18. Next: cnnspec summary {file}\n") == (code, out)
        text = file.read_text("utf-8")
        assert "  depths: [2, 2, 2, 2]\n  num_classes: 1000\n\nblocks:\n" in text
        assert "variants" not in text
        assert "bottleneck" not in text

    def test_without_a_spec_it_is_mnist(self, run, tmp_path):
        file = tmp_path / "mine.yml"
        assert 0 == run("new", str(file))[0]
        head, rest = open_spec("mnist").document.source.text.split("\n", maxsplit=1)
        assert ("# yaml-language-server", rest) == (head.partition(":")[0], file.read_text("utf-8"))

    def test_what_only_other_variants_use_is_left_out(self, tmp_path):
        file = tmp_path / "mine.yaml"
        file.write_text(
            "cnnspec: 1\ninput: [1, 8, 8]\nvars:\n  head: two\nvariants:\n  plain:  # as it is\n  one: {head: one}\n"
            "  none: {head: relu}\nblocks:\n  one: {layers: [relu]}\n  two: {layers: [tanh]}\nlayers: [$head]\n"
        )
        expected = "cnnspec: 1\ninput: [1, 8, 8]\nvars:\n  head: {}\n{}layers: [$head]\n"
        blocks = {
            "plain": "blocks:\n  two: {layers: [tanh]}\n",
            "one": "blocks:\n  one: {layers: [relu]}\n",
            "none": "",
        }
        head = {"plain": "two", "one": "one", "none": "relu"}
        for variant, kept in blocks.items():
            spec = f"{file}@{variant}"
            text = starter_text(open_spec(spec), cnnspec.check(spec))
            assert expected.format(head[variant], kept) == text

    def test_a_layout_that_cannot_be_cut_is_written_anew(self, tmp_path):
        file = tmp_path / "flow.yaml"
        file.write_text(
            "{cnnspec: 1, input: [1, 8, 8], vars: {width: 2}, variants: {wide: {width: 3}}, "
            "layers: [conv: {out_channels: $width, kernel_size: 3}]}"
        )
        opened = open_spec(f"{file}@wide")
        copy = cnnspec.check_text(starter_text(opened, cnnspec.check(f"{file}@wide")))
        assert ((), 30) == (copy.diagnostics, copy.plan.params)

    @pytest.mark.parametrize(
        ("file", "told"),
        [
            ("there.yaml", "already"),
            ("folder.yaml", "directory"),
            ("mine", "mine.yaml"),
            ("no/mine.yaml", "mkdir -p"),
        ],
    )
    def test_what_cannot_be_written_is_told(self, run, tmp_path, file, told):
        (tmp_path / "there.yaml").write_text("mine")
        (tmp_path / "folder.yaml").mkdir()
        code, _, err = run("new", str(tmp_path / file))
        assert (1, True) == (code, told in err)
        assert "mine" == (tmp_path / "there.yaml").read_text()

    def test_force_writes_over(self, run, tmp_path):
        (tmp_path / "there.yaml").write_text("mine")
        assert 0 == run("new", str(tmp_path / "there.yaml"), "--force")[0]
        assert "mine" != (tmp_path / "there.yaml").read_text()
