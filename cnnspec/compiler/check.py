"""The front door: a text goes in, a plan or diagnostics come out. Nothing here knows torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.compiler.checks.run import run_checks
from cnnspec.compiler.evaluate_variables import evaluate_variables
from cnnspec.compiler.ignored_warnings import ignore_warnings
from cnnspec.compiler.inputs_and_outputs import (
    input_names,
    input_value,
    open_inputs,
    read_inputs,
    read_outputs,
)
from cnnspec.compiler.plan import Initialisation, Plan, Value
from cnnspec.compiler.walk.frame import NOTHING, Frame, KindInit
from cnnspec.compiler.walk.limits import TooLarge
from cnnspec.compiler.walk.namespace import Namespace
from cnnspec.compiler.walk.reporter import Reporter
from cnnspec.compiler.walk.walk import Observer, Walk
from cnnspec.core.diagnostic import Diagnostic, Findings, Place, Report, Source
from cnnspec.core.gc_pause import gc_paused
from cnnspec.core.plain_values import yaml_text
from cnnspec.language.choices import read_arguments, read_choice
from cnnspec.language.overrides import variant_names, with_settings, with_variant
from cnnspec.language.parse import parse
from cnnspec.language.scope import Scope
from cnnspec.language.spec import Spec
from cnnspec.reader.document import Document, read
from cnnspec.reader.node import Mapping
from cnnspec.settings.datasets import DATA, Data
from cnnspec.settings.train import Train

if TYPE_CHECKING:
    from cnnspec.compiler.valid_sizes import ValidSizes
    from cnnspec.settings.budget import Budget


class Result(NamedTuple):
    """What is known of a spec after checking it."""

    diagnostics: tuple[Diagnostic, ...]
    source: Source
    plan: Plan | None = None
    """The network, as far as it could be inferred; whole and buildable when `ok`."""
    data: Data | None = None
    train: Train | None = None
    root: Mapping | None = None
    """The spec's data with variant and settings applied."""
    unused_ignores: tuple[Diagnostic, ...] = ()
    """Warnings of ignores that nothing needed; they are told where no variant and no variable may make it needed."""
    sizes: ValidSizes | None = None
    """Where the input leaves sizes open: for which ones the network is valid."""

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings don't count."""
        right = all(found.severity != "error" for found in self.diagnostics)
        return right and self.plan is not None and self.plan.complete

    def require_plan(self) -> Plan:
        """The whole network. Raises SpecError where there is an error, or a size of the input is left open."""
        result = self.with_open_sizes_refused
        if not result.ok or result.plan is None:
            raise SpecError(result)
        return result.plan

    @property
    def with_open_sizes_refused(self) -> Result:
        """The same, with an error where a right spec leaves sizes of its input open: what can't be built."""
        if not self.ok or self.sizes is None or self.root is None:
            return self
        from cnnspec.compiler.valid_sizes import open_sizes_error  # noqa: PLC0415 -- most specs have numbers

        given = None if self.data is None else self.data.facts(None).shape
        error = open_sizes_error(self.sizes, self.root.entries["input"].value.place, given)
        return self._replace(diagnostics=(*self.diagnostics, error))

    @property
    def resolved(self) -> str:
        """The spec as text, with variant and settings applied; the name is written into it."""
        from cnnspec.reader.write import write  # noqa: PLC0415 -- only a run needs the text

        assert self.root is not None and self.plan is not None, "only a spec that was read can be written"
        return write(_with_name(self.root, self.plan.name))


class SpecError(ValueError):
    """A spec has errors, so that there is no whole network. `result` holds the diagnostics."""

    def __init__(self, result: Result) -> None:
        from cnnspec.core.diagnostic_text import diagnostic_text  # noqa: PLC0415 -- only a mistake is printed

        super().__init__("\n" + "\n".join(map(diagnostic_text, result.diagnostics)))
        self.result = result


def check_text(
    text: str,
    name: str = "spec.yaml",
    *,
    variant: str | None = None,
    settings: Sequence[str] = (),
    observer: Observer | None = None,
) -> Result:
    """Check a spec's text. `name` is what diagnostics call it; its stem is the network's default name.

    `observer` is called with each item that the walk passes, and the value that it gives.
    """
    with gc_paused():
        return check_document(read(Source(name, text)), variant=variant, settings=settings, observer=observer)


def check_document(
    document: Document,
    *,
    variant: str | None = None,
    settings: Sequence[str] = (),
    observer: Observer | None = None,
) -> Result:
    """Check what was read. Raises nothing: whatever is wrong is in the result."""
    with gc_paused():
        return _checked(document, variant, settings, observer)


def _checked(
    document: Document, variant: str | None, settings: Sequence[str], observer: Observer | None
) -> Result:
    findings = Report()
    for found in document.diagnostics:
        findings.add(found)
    root = document.root
    if findings.errors or not isinstance(root, Mapping):
        if not findings.errors:
            _not_a_mapping(root, document.source, findings)
        return Result(findings.sorted(), document.source)
    known, whole = variant_names(root), root
    root = with_variant(root, variant, document.source, findings)
    if variant is not None and variant not in known:
        return Result(findings.sorted(), document.source)
    root = with_settings(root, settings, findings)
    spec = parse(root, document.source, findings)
    return _check(spec, whole, observer, findings, alone=not (known or settings or spec.variables))


def variants(document: Document) -> list[str]:
    """The names of the variants that a spec declares."""
    return variant_names(document.root) if isinstance(document.root, Mapping) else []


def _not_a_mapping(root: object, source: Source, findings: Report) -> None:
    plain = getattr(root, "plain", lambda: None)()
    message = f"the file holds {yaml_text(plain)}, a spec is a mapping"
    findings.error(
        "not-a-mapping", message, Place(source), "Begin with `cnnspec: 1`, then `input: […]` and `layers:`."
    )


def _check(spec: Spec, whole: Mapping, observer: Observer | None, findings: Report, *, alone: bool) -> Result:
    scope = evaluate_variables(spec.variables, findings)
    scope.any_name_may_exist = spec.any_name_may_exist
    plan = _plan(spec, scope, observer, findings)
    data = None if spec.data is None else read_choice(spec.data, "data", DATA, scope, findings)
    train = _train(spec, scope, findings)
    budget = _budget(spec, scope, findings)
    sizes = None
    if plan is not None and plan.open_inputs and not findings.errors:
        plan, sizes = _with_sizes(plan, findings)
    run_checks(spec, whole, plan, train, data, findings, budget)
    unused = ignore_warnings(spec, findings)
    for found in unused if alone else ():
        findings.add(found)
    return Result(findings.sorted(), spec.source, plan, data, train, spec.root, unused, sizes)


def _with_sizes(plan: Plan, findings: Findings) -> tuple[Plan, ValidSizes]:
    """The plan with formulas for its open sizes, and for which of them it is valid."""
    from cnnspec.compiler.valid_sizes import ValidSizes  # noqa: PLC0415 -- most specs have numbers

    sizes = ValidSizes(plan, plan.open_inputs, weights_stay=False)
    if sizes.refused is not None:
        place, message = sizes.refused
        hint = "`cnnspec sizes` tells which layers refuse which sizes."
        findings.error("no-valid-size", f"no size of the input is valid: {message}", place, hint)
    return plan._replace(size_texts=sizes.texts), sizes


def _plan(spec: Spec, variables: Scope, observer: Observer | None, findings: Report) -> Plan | None:
    reporter = Reporter(findings)
    written = read_inputs(spec, variables, findings)
    inputs = {name: input_value(name, sizes) for name, sizes in written.items()}
    names = input_names(spec, inputs)
    space = Namespace("", spec.layers)
    space.reserve({} if spec.single_input else spec.inputs)
    init = () if spec.init is None else (KindInit(spec.init, variables, reporter),)
    frame = Frame(space, _with_in_channels(variables, inputs, spec), names, reporter, init)
    left_open = open_inputs(written)
    walk = Walk(spec, variables, observer, open_sizes=bool(left_open))
    try:
        last = walk.run(spec.layers, names["input"], frame)
        if last is NOTHING and spec.outputs is None and spec.layers:
            walk.names.several_inputs(spec.layers[0].place, reporter)
        outputs = read_outputs(spec, last, frame, walk.names)
    except TooLarge:
        return None
    description = spec.root.get("description")
    return Plan(
        spec.name,
        inputs,
        tuple(walk.builder.nodes),
        outputs,
        spec.output_form,
        _starts(init, walk),
        "" if description is None else str(description.plain()),
        walk.builder.blocks,
        tuple(walk.builder.expectations),
        left_open,
    )


def _starts(init: tuple[KindInit, ...], walk: Walk) -> tuple[Initialisation, ...]:
    """How weights start; most specs leave that to torch."""
    if not init and all(item.init is None and not frame.init for item, frame in walk.builder.origins):
        return ()
    from cnnspec.compiler.initialisation import InitReader  # noqa: PLC0415 -- initialisers take time to import

    return InitReader().read(walk.builder, init)


def _with_in_channels(scope: Scope, inputs: dict[str, Value], spec: Spec) -> Scope:
    """`$in_channels` at the top is the channel count of the spec's input, if it has one."""
    if len(inputs) != 1:
        return scope
    ((name, value),) = inputs.items()
    if value.shape is None or value.shape.channels is None:
        inner = scope.extended({}, spec.inputs[name].place)
        inner.unknown |= {"in_channels"}
        return inner
    return scope.extended({"in_channels": value.shape.channels}, spec.inputs[name].place)


@cache
def _default_train() -> Train:
    return Train()


def _train(spec: Spec, scope: Scope, findings: Findings) -> Train | None:
    if spec.train is None:
        return _default_train()
    entry = spec.root.entries.get("train")
    place: Place = entry.key.place if entry else Place(spec.source)
    return read_arguments(spec.train, Train, "train", scope, findings, place)


def _budget(spec: Spec, scope: Scope, findings: Findings) -> Budget | None:
    if spec.budget is None:
        return None
    from cnnspec.settings.budget import Budget  # noqa: PLC0415 -- most specs have none

    return read_arguments(spec.budget, Budget, "budget", scope, findings, spec.budget.place)


def _with_name(root: Mapping, name: str) -> Mapping:
    from cnnspec.reader.node import Entry, Scalar  # noqa: PLC0415 -- only a run needs the text

    if "name" in root.entries:
        return root
    label: Scalar = Scalar("name", "name", root.place)
    entries = {"cnnspec": root.entries["cnnspec"]} if "cnnspec" in root.entries else {}
    return Mapping(
        {**entries, "name": Entry(label, Scalar(name, name, root.place)), **root.entries}, root.place
    )
