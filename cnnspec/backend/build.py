"""Build the network: the printed source, executed, is the module."""

from __future__ import annotations

import hashlib
import linecache
import re
import sys
from types import ModuleType

from torch import nn

from cnnspec.codegen.python_module import python_module
from cnnspec.compiler.plan import Plan


def build(plan: Plan) -> nn.Module:
    """The module of a plan without errors, its weights fresh from torch's global random generator."""
    printed = python_module(plan)
    network = getattr(load(printed.source, plan.name), printed.entry)()
    assert isinstance(network, nn.Module)
    return network


def load(source: str, name: str) -> ModuleType:
    """Execute printed source as a Python module; `name` is the network's.

    It is registered in `sys.modules`, so that its classes can be pickled, and in `linecache`, so that
    tracebacks show its lines. Equal sources are one module.
    """
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    key = f"cnnspec_generated_{digest}"
    if key in sys.modules:
        return sys.modules[key]
    printable = re.sub(r"[^\w.-]+", "-", name)
    file = f"<cnnspec {printable} {digest}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    module = ModuleType(key, f"The network {name}, as `cnnspec export` prints it.")
    module.__file__ = file
    exec(compile(source, file, "exec"), module.__dict__)  # noqa: S102 -- our own source, of names and numbers
    sys.modules[key] = module
    return module
