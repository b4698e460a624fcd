"""What a check is: a rule that takes a context and yields findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Flag, auto
from typing import TYPE_CHECKING, Generic, NamedTuple, ParamSpec, Protocol, TypeVar

from cnnspec.core.reject import Reject

if TYPE_CHECKING:
    from cnnspec.compiler.checks.context import Context
    from cnnspec.core.diagnostic import Place, Severity

P = ParamSpec("P")
C = TypeVar("C", bound="Context")
C_contra = TypeVar("C_contra", bound="Context", contravariant=True)

Field = str
"""A path of keys and positions from the top of a spec: `train.augment.0`."""


class Written(Protocol):
    """What has a place in a spec: a node of the plan, an item, a block, a key, a value."""

    @property
    def place(self) -> Place:
        """Where it is written."""


class Finding(NamedTuple):
    """What a check found. `at` is what it points at; what is not written stands for what would hold it."""

    code: str
    message: str
    at: Written | Field
    hint: str = ""
    severity: Severity = "error"


Findings = Iterator[Finding]


def error(code: str, message: str, at: Written | Field, hint: str) -> Finding:
    """A mistake: the spec is refused."""
    return Finding(code, message, at, hint, "error")


def warning(code: str, message: str, at: Written | Field, hint: str) -> Finding:
    """Something that can be done, but is hardly meant."""
    return Finding(code, message, at, hint, "warning")


class Needs(Flag):
    """What must be known before a check is run."""

    NOTHING = 0
    SHAPES = auto()
    """Every layer and size of the plan."""
    TRAIN = auto()
    """What `train:` says; where it is wrong, the context has the defaults."""
    NO_ERRORS = auto()
    """That no error was found by anything else: it would be an echo of it."""


class Check(NamedTuple, Generic[C_contra]):
    """A rule with what it needs."""

    rule: Callable[[C_contra], Findings]
    needs: Needs


def check(needs: Needs = Needs.NOTHING) -> Callable[[Callable[[C], Findings]], Check[C]]:
    """Make a rule a check."""
    return lambda rule: Check(rule, needs)


def verdict(at: Field, rule: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> Findings:
    """What a declaration's own rule says of `args`; the field that its Reject names is looked for in `at`."""
    try:
        rule(*args, **kwargs)
    except Reject as no:
        yield error(no.code, no.message, f"{at}.{no.field}" if no.field else at, no.hint)
