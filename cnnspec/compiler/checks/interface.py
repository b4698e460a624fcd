"""What a check is: a rule that takes a context and yields findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, ParamSpec, TypeVar

from cnnspec.core.errors import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    from cnnspec.core.diagnostic import Place, Severity

    class Written(Protocol):
        """What has a place in a spec: a node of the plan, an item, a block, a key, a value."""

        @property
        def place(self) -> Place:
            """Where it is written."""


C = TypeVar("C")
P = ParamSpec("P")

Field = str
"""A path of keys and positions from the top of a spec: `train.augment.0`."""

Need = Literal["shapes", "train", "no errors"]
"""What must be known before a check is run.

shapes: every layer and size of the plan. train: what `train:` says; where it is wrong, the context has the defaults.
no errors: that nothing else found one, of which the check's findings would be an echo.
"""


class Finding(NamedTuple):
    """What a check found. `at` is what it points at; what is not written stands for what would hold it."""

    code: str
    message: str
    at: Written | Field
    hint: str
    severity: Severity


def error(code: str, message: str, at: Written | Field, hint: str) -> Finding:
    """A mistake: the spec is refused."""
    return Finding(code, message, at, hint, "error")


def warning(code: str, message: str, at: Written | Field, hint: str) -> Finding:
    """Something that can be done, but is hardly meant."""
    return Finding(code, message, at, hint, "warning")


class Check(NamedTuple):
    """A rule, which takes the context that its folder gives, and what it needs."""

    rule: Callable[[Any], Iterator[Finding]]
    needs: frozenset[Need]


def check(*needs: Need) -> Callable[[Callable[[C], Iterator[Finding]]], Check]:
    """Make a rule a check."""
    return lambda rule: Check(rule, frozenset(needs))


def verdict(at: Field, rule: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> Iterator[Finding]:
    """The findings of a declaration's own rule: its Reject as an error at the field."""
    try:
        rule(*args, **kwargs)
    except Reject as no:
        yield error(no.code, no.message, f"{at}.{no.field}" if no.field else at, no.hint)
