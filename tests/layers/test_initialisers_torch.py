"""Initialisers: torch.nn.init's functions, and the shapes that they take."""

from __future__ import annotations

import inspect
import warnings

import pytest
import torch

from cnnspec.core.errors import Reject
from cnnspec.layers.initialisers import INITIALISERS

NEEDED = {"constant": {"val": 2.0}, "sparse": {"sparsity": 0.5}}
SHAPES = [(), (4,), (4, 3), (4, 3, 2), (4, 3, 2, 2), (4, 3, 2, 2, 2), (4, 3, 2, 2, 2, 2)]


def torch_takes(name: str, shape: tuple[int, ...]) -> bool:
    tensor = torch.empty(shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            getattr(torch.nn.init, f"{name}_")(tensor, **NEEDED.get(name, {}))
        except (ValueError, RuntimeError):
            return False
    return bool(tensor.isfinite().all())


@pytest.mark.parametrize("name", INITIALISERS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_an_initialiser_takes_the_shapes_that_torchs_takes(name, shape):
    initialiser = INITIALISERS[name](**NEEDED.get(name, {}))
    if torch_takes(name, shape):
        initialiser.require_shape(shape)
        return
    with pytest.raises(Reject, match=r"needs a parameter of (at least )?\d( to \d)? axes") as caught:
        initialiser.require_shape(shape)
    assert "Use normal, uniform or constant." == caught.value.hint


@pytest.mark.parametrize("name", INITIALISERS)
def test_arguments_and_defaults_are_torchs(name):
    model = INITIALISERS[name]
    parameters = inspect.signature(getattr(torch.nn.init, f"{name}_")).parameters
    theirs = {key: p.default for key, p in parameters.items() if key not in {"tensor", "generator"}}
    ours = model.model_fields
    assert theirs.keys() == ours.keys()
    for key, default in theirs.items():
        assert ours[key].is_required() if default is inspect.Parameter.empty else ours[key].default == default


@pytest.mark.parametrize(
    ("name", "args"), [("uniform", {"a": 1.0, "b": 0.0}), ("trunc_normal", {"a": 1.0, "b": 1.0})]
)
def test_an_empty_range_is_refused(name, args):
    with pytest.raises(Reject, match="the range is empty"):
        INITIALISERS[name](**args).consistent()
    INITIALISERS[name]().consistent()


def test_the_groups_of_dirac_divide_the_output_channels():
    dirac = INITIALISERS["dirac"](groups=3)
    dirac.require_shape((6, 2, 3))
    with pytest.raises(Reject, match="4 output channels do not split into 3 groups"):
        dirac.require_shape((4, 2, 3))


@pytest.mark.parametrize("name", INITIALISERS)
def test_what_draws_nothing_gives_the_same_numbers_twice(name):
    model = INITIALISERS[name]
    fill = getattr(torch.nn.init, f"{name}_")
    one, other = (
        fill(torch.empty(4, 4, 3) if name == "dirac" else torch.empty(4, 4), **NEEDED.get(name, {}))
        for _ in range(2)
    )
    assert model.draws != bool((one == other).all())
