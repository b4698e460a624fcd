"""cnnspec: convolutional networks as YAML lists of layers, checked before torch is even imported.

result = cnnspec.check("specs/mnist.yaml")   # shapes, costs, diagnostics; no torch
model = cnnspec.build("resnet50")            # the torch module
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from torch import nn

    from cnnspec.compiler.check import Result

__version__ = "0.1.0"
__all__ = ["SpecError", "__version__", "build", "check", "check_text"]


class SpecError(ValueError):
    """A spec has errors, so nothing can be built of it. `result` holds the diagnostics."""

    def __init__(self, result: Result) -> None:
        from cnnspec.render.diagnostics import plain  # noqa: PLC0415 -- only a mistake is rendered

        super().__init__("\n" + "\n".join(plain(found) for found in result.diagnostics))
        self.result = result


def check(spec: str | PathLike[str], settings: Mapping[str, object] | None = None) -> Result:
    """Check a spec: a path, or the name of one that ships, with `@variant` where it has variants.

    `settings` are what `--set` takes: `{"num_classes": 10, "train.epochs": 1}`. Never raises for a mistake
    in the spec, not even a missing file: `result.ok` and `result.diagnostics` tell, `result.plan` holds
    shapes and costs. Does not import torch. Raises TypeError for a setting that YAML can't hold.
    """
    from cnnspec.library import specs  # noqa: PLC0415 -- keep `import cnnspec` light

    return specs.check(spec, _written(settings))


def check_text(
    text: str,
    name: str = "spec.yaml",
    *,
    variant: str | None = None,
    settings: Mapping[str, object] | None = None,
) -> Result:
    """Check a spec's text; `name` is what diagnostics call it."""
    from cnnspec.compiler.check import check_text as check_it  # noqa: PLC0415 -- keep `import cnnspec` light

    return check_it(text, name, variant=variant, settings=_written(settings))


def build(spec: str | PathLike[str] | Result, settings: Mapping[str, object] | None = None) -> nn.Module:
    """The torch module of a spec (a path, a shipped name, or a checked result, which has its settings).

    Raises SpecError when the spec has errors, and ModuleNotFoundError without torch.
    """
    from cnnspec.backend.build import build as build_plan  # noqa: PLC0415 -- the only door to torch
    from cnnspec.compiler.check import Result  # noqa: PLC0415 -- keep `import cnnspec` light

    result = spec if isinstance(spec, Result) else check(spec, settings)
    if not result.ok or result.plan is None:
        raise SpecError(result)
    return build_plan(result.plan)


def _written(settings: Mapping[str, object] | None) -> tuple[str, ...]:
    """Settings as `--set` takes them; JSON is YAML."""
    import json  # noqa: PLC0415 -- keep `import cnnspec` light

    return tuple(
        f"{path}={json.dumps(value, default=_plain, ensure_ascii=False)}"
        for path, value in (settings or {}).items()
    )


def _plain(value: object) -> object:
    """A number or an array of numpy's or torch's as Python's own. Raises TypeError for anything else."""
    if hasattr(value, "tolist"):
        return value.tolist()
    message = f"a setting is a number, a text, a boolean, None, a list or a mapping, not {value!r}"
    raise TypeError(message)
