"""Settings by path, as `--set` has them."""

from __future__ import annotations

from cnnspec.compiler.check import check_text


def test_a_long_index_of_a_setting_is_no_number():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n"
    (found,) = check_text(text, settings=[f"layers.{'9' * 5000}=relu"]).diagnostics
    assert "bad-setting" == found.code


def test_an_augmentation_of_a_list_makes_way_for_another():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: digits\ntrain: {augment: [hflip]}\n"
    result = check_text(text, settings=["train.augment.0.cutout.size=4"])
    assert () == result.diagnostics
    assert ("Cutout",) == tuple(type(found).__name__ for found in result.train.augment)


def test_an_argument_of_a_bare_data_set_is_found_below_its_name():
    text = "cnnspec: 1\ninput: [1, 28, 28]\nlayers: [flatten, linear: 10]\ndata: mnist\n"
    (found,) = check_text(text, settings=["data.root=files"]).diagnostics
    assert ("bad-setting", "Write data.mnist.root.") == (found.code, found.hint)
    assert () == check_text(text, settings=["data.mnist.root=files"]).diagnostics


def test_a_computed_kind_whose_parameter_needs_a_name_is_refused_without_one():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nvars: {k: scale}\nlayers:\n  - $k\n"
    (found,) = check_text(text).diagnostics
    assert "missing-argument" == found.code
    assert check_text(text.replace("- $k", "- {$k, name: gamma}")).ok


def test_a_position_of_a_list_that_is_not_there_is_not_made():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [flatten, linear: 10]\ndata: digits\n"
    for path in ("train.augment.0.random_crop", "train.augment.0"):
        (found,) = check_text(text, settings=[f"{path}=2"]).diagnostics
        assert ("bad-setting", "Set the list itself: `--set train.augment=[…]`.") == (found.code, found.hint)
