"""Settings by path, as `--set` has them."""

from __future__ import annotations

from cnnspec.compiler.check import check_text


def test_a_long_index_of_a_setting_is_no_number():
    text = "cnnspec: 1\ninput: [1, 8, 8]\nlayers: [relu]\n"
    (found,) = check_text(text, settings=[f"layers.{'9' * 5000}=relu"]).diagnostics
    assert "bad-setting" == found.code
