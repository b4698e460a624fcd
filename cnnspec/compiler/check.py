"""The front door: a text goes in, a plan or diagnostics come out. Nothing here knows torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnspec.compiler.checks.run import run_checks
from cnnspec.compiler.inputs import entered, read_inputs
from cnnspec.compiler.names.namespace import Namespace
from cnnspec.compiler.outputs import read_outputs
from cnnspec.compiler.plan import Plan, Value
from cnnspec.compiler.variables import evaluate_variables
from cnnspec.compiler.walk.frame import NOTHING, Frame, KindInit
from cnnspec.compiler.walk.limits import Unfolded
from cnnspec.compiler.walk.reporter import Reporter
from cnnspec.compiler.walk.walk import Walk
from cnnspec.core.diagnostic import Diagnostic, Place, Source
from cnnspec.core.gc_pause import gc_paused
from cnnspec.core.plain import yaml_text
from cnnspec.language.choices import read_choice, read_model
from cnnspec.language.overrides import variants_of, with_settings, with_variant
from cnnspec.language.parse import parse
from cnnspec.reader.document import Document, read
from cnnspec.reader.node import Mapping
from cnnspec.settings.datasets import DATA, Data
from cnnspec.settings.train import Train

if TYPE_CHECKING:
    from cnnspec.compiler.plan import Initialisation
    from cnnspec.language.scope import Scope
    from cnnspec.language.spec import Spec


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of a spec after checking it."""

    diagnostics: tuple[Diagnostic, ...]
    source: Source
    plan: Plan | None = None
    """The network, as far as it could be inferred; whole and buildable when `ok`."""
    data: Data | None = None
    train: Train | None = None
    root: Mapping | None = None
    """The spec's data with variant and settings applied."""

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings don't count."""
        right = all(found.severity != "error" for found in self.diagnostics)
        return right and self.plan is not None and self.plan.complete

    @property
    def resolved(self) -> str:
        """The spec as text, with variant and settings applied; the name is written into it."""
        from cnnspec.reader.write import write  # noqa: PLC0415 -- only a run needs the text

        assert self.root is not None and self.plan is not None, "only a spec that was read can be written"
        return write(_named(self.root, self.plan.name))


def check_text(
    text: str, name: str = "spec.yaml", *, variant: str | None = None, settings: Sequence[str] = ()
) -> Result:
    """Check a spec's text. `name` is what diagnostics call it; its stem is the network's default name."""
    return check_document(read(Source(name, text)), variant=variant, settings=settings)


def check_document(document: Document, *, variant: str | None = None, settings: Sequence[str] = ()) -> Result:
    """Check what was read. Raises nothing: whatever is wrong is in the result."""
    with gc_paused():
        return _checked(document, variant, settings)


def _checked(document: Document, variant: str | None, settings: Sequence[str]) -> Result:
    reporter = Reporter()
    for found in document.diagnostics:
        reporter.add(found)
    root = document.root
    if reporter.errors or not isinstance(root, Mapping):
        if not reporter.errors:
            _not_a_mapping(root, document.source, reporter)
        return Result(reporter.sorted(), document.source)
    known, whole = variants_of(root), root
    root = with_variant(root, variant, document.source, reporter)
    if variant is not None and variant not in known:
        return Result(reporter.sorted(), document.source)
    root = with_settings(root, settings, reporter)
    spec = parse(root, document.source, reporter)
    return _check(spec, whole, reporter)


def variants(document: Document) -> list[str]:
    """The names of the variants that a spec declares."""
    return variants_of(document.root) if isinstance(document.root, Mapping) else []


def _not_a_mapping(root: object, source: Source, reporter: Reporter) -> None:
    plain = getattr(root, "plain", lambda: None)()
    message = f"the file holds {yaml_text(plain)}, a spec is a mapping"
    reporter.error(
        "not-a-mapping", message, Place(source), "Begin with `cnnspec: 1`, then `input: […]` and `layers:`."
    )


def _check(spec: Spec, whole: Mapping, reporter: Reporter) -> Result:
    scope = evaluate_variables(spec.variables, reporter)
    scope.blind = spec.blind
    plan = _plan(spec, scope, reporter)
    data = None if spec.data is None else read_choice(spec.data, "data", DATA, scope, reporter)
    train = _train(spec, scope, reporter)
    run_checks(spec, whole, plan, train, data, reporter)
    return Result(reporter.sorted(), spec.source, plan, data, train, spec.root)


def _plan(spec: Spec, scope: Scope, reporter: Reporter) -> Plan | None:
    inputs = read_inputs(spec, scope, reporter)
    names = entered(spec, inputs)
    space = Namespace()
    space.reserve({} if spec.single_input else spec.inputs)
    init = () if spec.init is None else (KindInit(spec.init, scope),)
    frame = Frame(space, _with_channels(scope, inputs, spec), names, init)
    walk = Walk(spec, scope, reporter)
    walk.names.bodies[frame.namespace] = spec.layers
    try:
        last = walk.run(spec.layers, names["input"], frame)
        if last is NOTHING and spec.outputs is None and spec.layers:
            walk.names.several_inputs(spec.layers[0].place)
        outputs = read_outputs(spec, last, frame, walk.names, reporter)
    except Unfolded:
        return None
    starts = _starts(init, walk, reporter)
    description = spec.root.get("description")
    told = str(description.plain()) if description is not None else ""
    return Plan(
        spec.name,
        inputs,
        tuple(walk.wiring.nodes),
        outputs,
        spec.output_form,
        starts,
        told,
        walk.wiring.blocks,
    )


def _starts(init: tuple[KindInit, ...], walk: Walk, reporter: Reporter) -> tuple[Initialisation, ...]:
    """How weights start; most specs leave that to torch."""
    written = walk.wiring.items.values()
    if not init and all(item.init is None and not frame.init for item, frame in written):
        return ()
    from cnnspec.compiler.initialisation import InitReader  # noqa: PLC0415 -- initialisers take time to import

    return InitReader(reporter).of(walk.wiring, init)


def _with_channels(scope: Scope, inputs: dict[str, Value], spec: Spec) -> Scope:
    """`$in_channels` at the top is the channel count of the spec's input, if it has one."""
    if len(inputs) != 1:
        return scope
    ((name, value),) = inputs.items()
    if value.shape is None or value.shape.channels is None:
        inner = scope.extended({}, spec.inputs[name].place)
        inner.unknown |= {"in_channels"}
        return inner
    return scope.extended({"in_channels": value.shape.channels}, spec.inputs[name].place)


def _train(spec: Spec, scope: Scope, reporter: Reporter) -> Train | None:
    entry = spec.root.entries.get("train")
    place: Place = entry.key.place if entry else Place(spec.source)
    return read_model(spec.train, Train, "train", scope, reporter, place)


def _named(root: Mapping, name: str) -> Mapping:
    from cnnspec.reader.node import Entry, Scalar  # noqa: PLC0415 -- only a run needs the text

    if "name" in root.entries:
        return root
    label: Scalar = Scalar("name", "name", root.place)
    entries = {"cnnspec": root.entries["cnnspec"]} if "cnnspec" in root.entries else {}
    return Mapping(
        {**entries, "name": Entry(label, Scalar(name, name, root.place)), **root.entries}, root.place
    )
