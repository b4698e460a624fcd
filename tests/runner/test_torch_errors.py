"""Torch's errors about a spec or a machine are the user's, with a remedy; others keep their traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch
from torch import nn

from cnnspec.backend.device import set_determinism
from cnnspec.core.errors import UserError
from cnnspec.runner.torch_errors import torch_errors_as_user_errors
from cnnspec.settings.train import Train
from tests.runner.trainings import (
    CPU,
    trained,
)

INSTALL = "Install one, such as g++, or leave compile out."


def class_of(module, name):
    """An exception like torch's, whose compiler takes seconds to import."""
    return type(name, (RuntimeError,), {"__module__": module})


def told(error):
    with pytest.raises(UserError) as caught, torch_errors_as_user_errors(64):
        raise error
    assert error is caught.value.__cause__
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    ("module", "name"),
    [("torch._inductor.exc", "InductorError"), ("torch._dynamo.exc", "BackendCompilerFailed")],
)
def test_a_missing_compiler_is_named_with_its_remedies(module, name):
    error = class_of(module, name)("backend='inductor' raised:\nInvalidCxxCompiler: No working C++ compiler")
    assert ("compile: torch.compile finds no C++ compiler that works", INSTALL) == told(error)


def test_the_compiler_that_starts_kernels_is_missed_likewise():
    error = RuntimeError("Failed to find C compiler. Please specify via CC environment variable")
    assert INSTALL == told(error)[1]


def test_what_else_the_compiler_stumbles_over_is_told_by_its_first_line():
    error = class_of("torch._dynamo.exc", "BackendCompilerFailed")(
        "backend='inductor' raised:\nValueError: no"
    )
    error.inner_exception = ValueError("no such layout\nand a page more")
    expected = "compile: torch.compile can't do this network: no such layout"
    assert (expected, "Leave compile out.") == told(error)
    silent = class_of("torch._inductor.exc", "TritonMissing")()
    assert "compile: torch.compile can't do this network: TritonMissing" == told(silent)[0]


def test_an_operation_that_does_not_repeat_itself_is_named():
    set_determinism(CPU, deterministic=True)
    try:
        with pytest.raises(UserError) as caught, torch_errors_as_user_errors(64):
            torch.zeros(4).put_(torch.tensor([1]), torch.tensor([1.0]))
    finally:
        set_determinism(CPU)
    expected = "deterministic: put_ does not give the same bits each time on this device"
    assert expected == caught.value.message
    assert "Leave deterministic out, or take another device." == caught.value.hint


def test_what_is_no_mistake_of_the_users_is_left_as_it_is():
    for error in (RuntimeError("a bug"), ValueError("another"), class_of("torch.nn", "Odd")("a third")):
        with pytest.raises(type(error)) as caught, torch_errors_as_user_errors(64):
            raise error
        assert error is caught.value


def test_too_little_memory_is_told_with_the_callers_remedy():
    with pytest.raises(UserError) as caught, torch_errors_as_user_errors(64, "Name fewer images at once."):
        raise torch.OutOfMemoryError
    assert "the memory does not suffice for batches of 64" == caught.value.message
    assert "Name fewer images at once." == caught.value.hint


@pytest.mark.slow
def test_a_machine_without_a_compiler_trains_no_compiled_network(tmp_path):
    settings = ("--set", "train.compile=true", "--epochs", "1", "--out", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "cnnspec", "train", "digits", *settings],
        env={**os.environ, "CXX": "/nonexistent", "TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (1, True) == (done.returncode, INSTALL in " ".join(done.stderr.split())), done.stderr
    assert "Traceback" not in done.stderr


def test_batches_of_one_image_are_told_to_be_too_small_for_batch_norm():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.BatchNorm1d(10))
    with pytest.raises(UserError, match="batch_size 1: it sees one value"), torch_errors_as_user_errors(1):
        trained(model, Train(epochs=1, batch_size=1))
