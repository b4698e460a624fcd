"""cnnspec: convolutional networks as YAML lists of layers, checked before torch is even imported.

result = cnnspec.check("specs/mnist.yaml")   # shapes, costs, diagnostics; no torch
model = cnnspec.build("resnet50")            # the torch module

docs/api.md shows all of it. What is here is imported when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import Any

    from torch import nn

    from cnnspec.compiler.check import Result, SpecError
    from cnnspec.compiler.plan import Node, Plan
    from cnnspec.core.diagnostic import Diagnostic, Fix
    from cnnspec.core.shape import Shape
    from cnnspec.layers.base import Layer

__version__ = "0.1.0"
__all__ = [
    "Diagnostic",
    "Fix",
    "Layer",
    "Node",
    "Plan",
    "Result",
    "Shape",
    "SpecError",
    "__version__",
    "build",
    "check",
    "check_text",
    "fix",
    "json_schema",
    "source",
]
_TYPES = {
    "Diagnostic": "cnnspec.core.diagnostic",
    "Fix": "cnnspec.core.diagnostic",
    "Layer": "cnnspec.layers.base",
    "Node": "cnnspec.compiler.plan",
    "Plan": "cnnspec.compiler.plan",
    "Result": "cnnspec.compiler.check",
    "Shape": "cnnspec.core.shape",
    "SpecError": "cnnspec.compiler.check",
}


def check(spec: str | PathLike[str], settings: Mapping[str, object] | None = None) -> Result:
    """Check a spec: a path, or the name of one that ships, with `@variant` where it has variants.

    `settings` are what `--set` takes: `{"num_classes": 10, "train.epochs": 1}`. Never raises for a mistake
    in the spec, not even a missing file: `result.ok` and `result.diagnostics` tell, `result.plan` holds
    shapes and costs. Does not import torch. Raises TypeError for a setting that YAML can't hold.
    """
    from cnnspec.library import specs  # noqa: PLC0415 -- keep `import cnnspec` light

    return specs.check(spec, _options(settings))


def check_text(
    text: str,
    name: str = "spec.yaml",
    *,
    variant: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> Result:
    """Check a spec's text; `name` is what diagnostics call it. Raises as `check` does."""
    from cnnspec.core.diagnostic import Source  # noqa: PLC0415 -- keep `import cnnspec` light
    from cnnspec.fixes.check import check_with_fixes  # noqa: PLC0415 -- as above
    from cnnspec.reader.document import read  # noqa: PLC0415 -- as above

    return check_with_fixes(read(Source(name, text)), variant=variant, settings=_options(settings))


def fix(text: str) -> str:
    """A spec's text with every fix that is certain, as `cnnspec validate --fix` writes it; else as it was.

    What else is wrong is what `check_text` says of it.
    """
    from cnnspec.fixes.repair import repair  # noqa: PLC0415 -- keep `import cnnspec` light

    return repair(text).text


def build(spec: str | PathLike[str] | Result, settings: Mapping[str, object] | None = None) -> nn.Module:
    """The torch module of a spec (a path, a shipped name, or a result of `check`, which has its settings).

    Raises SpecError when the spec has errors, and ModuleNotFoundError without torch.
    """
    from cnnspec.backend import build  # noqa: PLC0415 -- the only door to torch

    return build.build(_plan(spec, settings))


def source(spec: str | PathLike[str] | Result, settings: Mapping[str, object] | None = None) -> str:
    """The Python file that `build` executes and `cnnspec export` prints; it imports only torch.

    Takes what `build` takes. Does not import torch. Raises SpecError when the spec has errors.
    """
    from cnnspec.codegen.targets import export  # noqa: PLC0415 -- keep `import cnnspec` light

    return export(_plan(spec, settings), "python")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft-07) of the spec language, as `cnnspec schema` prints it."""
    from cnnspec.language import schema  # noqa: PLC0415 -- keep `import cnnspec` light

    return schema.json_schema()


def _plan(spec: str | PathLike[str] | Result, settings: Mapping[str, object] | None) -> Plan:
    from cnnspec.compiler.check import Result  # noqa: PLC0415 -- keep `import cnnspec` light

    return (spec if isinstance(spec, Result) else check(spec, settings)).require_plan()


def _options(settings: Mapping[str, object] | None) -> tuple[str, ...]:
    """Settings as `--set` takes them; JSON is YAML."""
    import json  # noqa: PLC0415 -- keep `import cnnspec` light

    return tuple(
        f"{path}={json.dumps(value, default=_python_value, ensure_ascii=False)}"
        for path, value in (settings or {}).items()
    )


def _python_value(value: object) -> object:
    """A number or an array of numpy's or torch's as Python's own. Raises TypeError for anything else."""
    if hasattr(value, "tolist"):
        return value.tolist()
    message = f"a setting is a number, a text, a boolean, None, a list or a mapping, not {value!r}"
    raise TypeError(message)


def __getattr__(name: str) -> object:
    """The types, imported when they are asked for."""
    if name not in _TYPES:
        message = f"module 'cnnspec' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_TYPES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
