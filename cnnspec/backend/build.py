"""Build the network: the printed source, executed, is the module."""

from __future__ import annotations

import hashlib
import linecache
import re
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from torch import nn

from cnnspec.codegen.generate import Generated, generate

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Plan


def build(plan: Plan) -> nn.Module:
    """The module of a plan without errors, its weights fresh from torch's global random generator."""
    generated = generate(plan)
    made = getattr(load(generated, plan.name), generated.entry)()
    assert isinstance(made, nn.Module)
    return made


def load(generated: Generated, name: str) -> ModuleType:
    """Execute printed source as a Python module.

    It is registered in `sys.modules`, so that its classes can be pickled, and in `linecache`, so that
    tracebacks show its lines. Equal sources are one module.
    """
    digest = hashlib.sha256(generated.source.encode()).hexdigest()[:12]
    label = f"cnnspec_generated_{digest}"
    if label in sys.modules:
        return sys.modules[label]
    shown = re.sub(r"[^\w.-]+", "-", name)
    file = f"<cnnspec {shown} {digest}>"
    linecache.cache[file] = (len(generated.source), None, generated.source.splitlines(keepends=True), file)
    module = ModuleType(label, f"The network {name}, as `cnnspec export` prints it.")
    module.__file__ = file
    exec(compile(generated.source, file, "exec"), module.__dict__)  # noqa: S102 -- our own source, of names and numbers
    sys.modules[label] = module
    return module
