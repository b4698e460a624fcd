"""`output`: which values come out."""

from __future__ import annotations

from cnnspec.compiler.plan import Output, Value
from cnnspec.compiler.walk.frame import Frame
from cnnspec.compiler.walk.names import Names
from cnnspec.compiler.walk.when import is_there
from cnnspec.language.spec import Spec


def read_outputs(spec: Spec, last: Value, frame: Frame, names: Names) -> tuple[Output, ...]:
    """The outputs that are there; without `output` the last item's."""
    if spec.outputs is None:
        return (Output(None, last),)
    there = [
        o
        for o in spec.outputs
        if o.when is None or is_there(o.when, frame.scope, frame.reporter) is not False
    ]
    if spec.outputs and not there:
        message = "`when` leaves out every output: the network gives nothing"
        frame.reporter.error("bad-output", message, spec.outputs[0].source.place, "Keep one of them.")
    if there and there[0].train_only:
        message = "the first output is only there in training, but it is the one that is scored"
        frame.reporter.error(
            "bad-output", message, there[0].source.place, "Name first what eval mode gives too."
        )
    return tuple(
        Output(output.key, names.lookup(output.source, frame), output.train_only) for output in there
    )
