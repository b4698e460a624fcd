"""What other libraries call an argument."""

from __future__ import annotations

from cnnspec.declare.spellings import normalise
from cnnspec.settings.augmentations import AUGMENTATIONS
from cnnspec.settings.datasets import DATA
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.other_libraries import ARGUMENT_SPELLINGS
from cnnspec.settings.schedules import SCHEDULES
from cnnspec.settings.train import Train


def test_what_others_call_an_argument_of_the_settings_leads_to_one_that_is_there_and_is_called_otherwise():
    models = [Train, *(model for t in (DATA, OPTIMIZERS, SCHEDULES, AUGMENTATIONS) for model in t.values())]
    fields = {name for model in models for name in model.model_fields}
    assert set() == set(ARGUMENT_SPELLINGS) - fields
    assert [] == [name for name, words in ARGUMENT_SPELLINGS.items() if normalise(name) in words]
