"""`output`: which values come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compiler.plan import Output
from cnnspec.compiler.reporter import Reporter, definitions
from cnnspec.language.problems import shown
from cnnspec.language.values import Unknown, value_of

if TYPE_CHECKING:
    from cnnspec.compiler.frame import Frame
    from cnnspec.compiler.naming import Names
    from cnnspec.compiler.plan import Value
    from cnnspec.language.spec import OutputSpec, Spec


def read_outputs(
    spec: Spec, last: Value, frame: Frame, names: Names, reporter: Reporter
) -> tuple[Output, ...]:
    """The outputs that are there; without `output` the last item's."""
    if spec.outputs is None:
        return (Output(None, last),)
    wanted = [output for output in spec.outputs if _wanted(output, frame, reporter)]
    if spec.outputs and not wanted:
        message = "`when` leaves out every output: the network gives nothing"
        reporter.error("bad-output", message, spec.outputs[0].source.place, "Keep one of them.")
    if wanted and wanted[0].train_only:
        message = "the first output is only there in training, but it is the one that is scored"
        reporter.error("bad-output", message, wanted[0].source.place, "Name first what eval mode gives too.")
    return tuple(
        Output(output.key, names.lookup(output.source, frame), output.train_only) for output in wanted
    )


def _wanted(output: OutputSpec, frame: Frame, reporter: Reporter) -> bool:
    if output.when is None:
        return True
    try:
        value = value_of(output.when, frame.scope, reporter)
    except Unknown:
        return True
    if value is None or isinstance(value, bool | int | float):
        return bool(value)
    message = f"when is {shown(value)}, it must be true or false, a number or null"
    reporter.error(
        "bad-value",
        message,
        output.when.place,
        "Compare it: `$act == 'relu'`.",
        definitions(output.when, frame.scope),
    )
    return True
