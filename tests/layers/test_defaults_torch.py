"""A kind has the arguments and the defaults of its module or function in torch."""

from __future__ import annotations

import inspect

import pytest

from cnnspec.core.emit import Function, Module
from cnnspec.layers import KINDS
from tests.layers.needed import sample_layer, written_input
from tests.layers.torch_interpreter import target

LEFT_TO_US = {
    "inplace",
    "return_indices",
    "device",
    "dtype",
    "recompute_scale_factor",
    "input",
    "tensors",
    "out",
}


INFERRED = {"in_channels", "in_features", "num_features", "num_channels", "normalized_shape"}


OURS = {"dim": "axis", "start_dim": "start_axis", "end_dim": "end_axis", "dims": "axes"}


ELSEWHERE = {
    ("hardtanh", "min_value"): "deprecated: min_val",
    ("hardtanh", "max_value"): "deprecated: max_val",
    ("depthwise", "groups"): "the channels",
    ("depthwise", "out_channels"): "channels times multiplier",
    ("global_avgpool", "output_size"): "1",
    ("global_maxpool", "output_size"): "1",
    ("slice", "length"): "stop - start",
    ("resize", "scale_factor"): "upsample has it",
}


DIFFERENT = {
    ("softmax", "axis"): "torch guesses, with a warning",
    ("softmin", "axis"): "torch guesses, with a warning",
    ("log_softmax", "axis"): "torch guesses, with a warning",
    ("glu", "axis"): "the channels', torch: the last",
    ("concat", "axis"): "the channels', torch: the batch",
    ("flatten", "start_axis"): "0 is torch's 1: the batch is not counted",
    ("slice", "start"): "torch.narrow has none",
}


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_are_torchs_and_no_argument_is_missing(kind):
    layer = sample_layer(kind)
    emit = layer.emit(written_input(kind))
    if not isinstance(emit, Module | Function) or emit.target in {
        "torch.cat",
        "torch.permute",
        "torch.narrow",
    }:
        return
    fields = type(layer).model_fields
    parameters = inspect.signature(target(emit.target)).parameters.values()
    for parameter in parameters:
        name = OURS.get(parameter.name, parameter.name)
        known = name in fields or {name} & (LEFT_TO_US | INFERRED) or (kind, name) in ELSEWHERE
        assert known or parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}, name
        if name in fields and parameter.default is not parameter.empty and (kind, name) not in DIFFERENT:
            assert fields[name].default == parameter.default, name
