"""What a declaration tells of itself: its docstring, its arguments, how it is written, what is known of it.

`explain` prints these for a terminal, `reference_pages` as Markdown.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic.fields import FieldInfo

from cnnspec.core.errors import Reject
from cnnspec.core.plain_values import yaml_text
from cnnspec.declare.arguments import Arguments, one_of
from cnnspec.declare.validate import expectation
from cnnspec.layers import KINDS, MERGES
from cnnspec.layers.base import Layer
from cnnspec.layers.initialisers import MOST_AXES, Initialiser
from cnnspec.settings.augmentations import AUGMENTATIONS
from cnnspec.settings.datasets import DATA
from cnnspec.settings.datasets.base import Published
from cnnspec.settings.losses import LOSSES
from cnnspec.settings.optimizers import OPTIMIZERS
from cnnspec.settings.schedules import SCHEDULES

_EXAMPLE = re.compile(r"```yaml\n(.*?)\n```", re.DOTALL)


class SettingGroup(NamedTuple):
    """A registry of what is chosen by name in `data:` or `train:`."""

    title: str
    registry: Mapping[str, type[Arguments]]
    place: str
    """Where it stands in a spec: a %-format that takes how it is written."""


SETTINGS = (
    SettingGroup("Data sets", DATA, "data: %s"),
    SettingGroup("Optimizers", OPTIMIZERS, "train: {optimizer: %s}"),
    SettingGroup("Schedules", SCHEDULES, "train: {schedule: %s}"),
    SettingGroup("Losses", LOSSES, "train: {loss: %s}"),
    SettingGroup("Augmentations", AUGMENTATIONS, "train: {augment: [%s]}"),
)


class ArgumentRow(NamedTuple):
    """What is told of an argument."""

    name: str
    expected: str
    """What its value must be, in words."""
    default: str
    """As YAML; empty where the argument is required."""
    description: str


def paragraphs(model: type[Arguments]) -> list[str]:
    """The paragraphs of a declaration's docstring, a line each, without its examples."""
    text = _EXAMPLE.sub("", _docstring(model)).strip()
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n{2,}", text)]


def examples(kind: str) -> list[str]:
    """The examples in a kind's docstring; of one that has none, the kind alone, which then needs no argument."""
    return _EXAMPLE.findall(_docstring(KINDS[kind])) or [f"# input: [16, 14, 14]\n- {kind}"]


def _docstring(model: type[Arguments]) -> str:
    return textwrap.dedent(f"    {model.__doc__ or ''}")


def argument_rows(model: type[Arguments]) -> list[ArgumentRow]:
    """The arguments: required ones first, then those that the class itself declares, then inherited ones."""
    own = model.__annotations__
    fields = sorted(
        model.model_fields.items(), key=lambda pair: (not pair[1].is_required(), pair[0] not in own)
    )
    return [
        ArgumentRow(name, expectation(model, name), _default(info), info.description or "")
        for name, info in fields
    ]


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return ""
    value, choice = info.get_default(call_default_factory=True), one_of(info)
    if choice is None or choice.many:
        return yaml_text(list(value) if choice else value)
    return next(name for name, model in choice.table.items() if type(value) is model)


def kind_forms(kind: str, model: type[Layer]) -> list[str]:
    """The forms in which a kind is written as an item."""
    required = [f"{row.name}: …" for row in argument_rows(model) if not row.default]
    forms = [f"- {kind}: [[…], []]"] if kind in MERGES else []
    if not required and kind not in MERGES:
        forms.append(f"- {kind}")
    if model.main is not None:
        forms.append(f"- {kind}: <{model.main}>")
    if model.model_fields and kind in MERGES:
        forms.append(f"- {kind}: {{of: [[…], []], {next(iter(model.model_fields))}: …}}")
    elif model.model_fields:
        forms.append(f"- {kind}: {{{', '.join(required) or '…'}}}")
    return forms


def setting_forms(name: str, model: type[Arguments]) -> Iterator[str]:
    """The forms in which a data set, an optimizer, an initialiser … is written."""
    required = [f"{field}: …" for field, info in model.model_fields.items() if info.is_required()]
    if not required and _needs_no_argument(model):
        yield name
    if main := model.main:
        yield f"{{{name}: <{main}>}}"
    if model.model_fields:
        yield f"{{{name}: {{{', '.join(required) or '…'}}}}}"


def _needs_no_argument(model: type[Arguments]) -> bool:
    """Whether the defaults suit each other: some models need one argument of several."""
    try:
        model().consistent()
    except Reject:
        return False
    return True


def facts(model: type[Arguments]) -> Iterator[str]:
    """What is known besides the arguments: a data set's images and classes, the axes that an initialiser needs."""
    if issubclass(model, Published):
        names: tuple[str, ...] = ()
        for variant, known in model.known.items():
            size = "×".join(map(str, known.shape or ()))
            images = f"{known.train_images:,} to train with, {known.test_images:,} to test with."
            yield f"{variant}{', images' if variant else 'Images'} of {size}: {images}"
            if known.class_names != names:
                yield f"Classes: {', '.join(known.class_names)}."
            names = known.class_names
    elif issubclass(model, Initialiser) and model.ranks != Initialiser.ranks:
        least, most = model.ranks
        axes = f"at least {least}" if most == MOST_AXES else f"{least} to {most}" if least < most else least
        yield f"For a parameter of {axes} axes."


def initialiser_kind(model: type[Initialiser]) -> str:
    """A kind with a weight that the initialiser suits."""
    return "linear" if model.ranks == (2, 2) else "conv"
