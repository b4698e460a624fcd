"""Names that torch's Module keeps for itself."""

from __future__ import annotations

from torch import nn

from cnnspec.compiler.walk.namespace import RESERVED


def test_the_names_that_torchs_module_keeps_are_reserved():
    """Names that begin with three underscores are marks that dynamo leaves when something is compiled."""
    own = {name for name in dir(nn.Module()) if not (name.startswith("__") and name.endswith("__"))}
    assert {name for name in own if not name.startswith("___")} <= RESERVED
