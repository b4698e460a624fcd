"""Random specs at every size: valid where torch runs them, with torch's shapes (the long run is `make fuzz`)."""

from __future__ import annotations

from random import Random

import pytest
import torch

from tests.random_specs import WINDOWS, random_spec
from tests.torch_sizes import differences

torch.set_num_threads(1)


@pytest.mark.parametrize("number", range(24))
def test_a_random_spec_is_valid_where_torch_runs_it(number):
    rng = Random(f"sample {number}")
    spec = random_spec(rng, (1, 1, 2, 2, 2, 3)[number % 6], *([WINDOWS] if number % 2 else []))
    assert [] == list(differences(spec, rng, held=number % 3 > 0))
