"""Reference pages, for a terminal and as Markdown: kinds from their declarations, codes from theirs."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.core.plain import yaml_text
from cnnspec.core.terminal import terminal_width
from cnnspec.declare.one_of import one_of
from cnnspec.declare.validate import expectation
from cnnspec.layers import KINDS, MERGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from cnnspec.compiler.codes import Code
    from cnnspec.declare.arguments import Arguments
    from cnnspec.layers.base import Layer


class Argument(NamedTuple):
    """One argument as a reader wants it."""

    name: str
    expected: str
    default: str
    told: str


def kind_text(kind: str) -> str:
    """Everything about a kind, for a terminal."""
    model = KINDS[kind]
    first, *rest = paragraphs(model)
    told = [filled(text) for text in (f"{kind}: {first}", *rest)]
    return "\n\n".join([*told, "\n".join(_written(kind, model)), argument_text(model)])


def filled(text: str, first: int = 0, rest: int = 0) -> str:
    """A paragraph in the terminal's width; `first` and `rest` are the columns that its lines leave free."""
    return textwrap.fill(
        text,
        terminal_width(),
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_on_hyphens=False,
    )


def argument_text(model: type[Arguments]) -> str:
    """All arguments, for a terminal."""
    lines = []
    for argument in arguments(model):
        default = f" = {argument.default}" if argument.default else " (required)"
        lines.append(f"  {argument.name}{default}")
        lines += [filled(text, 6, 6) for text in (argument.told, f"Must be {argument.expected}.")]
    return "\n".join(["Arguments:", *lines]) if lines else "It takes no arguments."


def _written(kind: str, model: type[Layer]) -> list[str]:
    """How the kind is written in a spec."""
    required = [f"{argument.name}: …" for argument in arguments(model) if not argument.default]
    forms = [f"- {kind}: [[…], []]"] if kind in MERGES else []
    if not required and kind not in MERGES:
        forms.append(f"- {kind}")
    if model.main is not None:
        forms.append(f"- {kind}: <{model.main}>")
    if model.model_fields and kind in MERGES:
        forms.append(f"- {kind}: {{of: [[…], []], {next(iter(model.model_fields))}: …}}")
    elif model.model_fields:
        forms.append(f"- {kind}: {{{', '.join(required) or '…'}}}")
    return ["Written:", *(f"  {form}" for form in forms)]


def arguments(model: type[Arguments]) -> Iterator[Argument]:
    """The arguments, required ones first."""
    own = model.__annotations__
    fields = sorted(
        model.model_fields.items(), key=lambda pair: (not pair[1].is_required(), pair[0] not in own)
    )
    for name, info in fields:
        yield Argument(name, expectation(model, name), _default(info), info.description or "")


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return ""
    value, choice = info.get_default(call_default_factory=True), one_of(info)
    if choice is None or choice.many:
        return yaml_text(list(value) if choice else value)
    return next(name for name, model in choice.table.items() if type(value) is model)


def paragraphs(model: type[Arguments]) -> list[str]:
    """The paragraphs of a declaration's docstring, a line each."""
    text = textwrap.dedent(f"    {model.__doc__ or ''}")
    return [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]


def kinds_markdown() -> str:
    """docs/layers.md."""
    head = "# Layers\n\nEvery kind, from its declaration; `cnnspec explain KIND` prints the same."
    index = ", ".join(f"[{kind}](#{kind})" for kind in KINDS)
    return "\n\n".join([head, index, *(_kind_markdown(kind) for kind in KINDS)]) + "\n"


def _kind_markdown(kind: str) -> str:
    model = KINDS[kind]
    first, *rest = paragraphs(model)
    marked = [re.sub(r"^(Formula|When|Against):", r"**\1.**", text) for text in rest]
    written = "\n".join(_written(kind, model)[1:])
    written = f"```yaml\n{textwrap.dedent(written)}\n```"
    return "\n\n".join([f"## {kind}", first, *marked, written, _argument_table(model)]).rstrip()


def _argument_table(model: type[Layer]) -> str:
    rows = [
        f"| `{a.name}` | {f'`{a.default}`' if a.default else 'required'} | {a.told} Must be {a.expected}. |"
        for a in arguments(model)
    ]
    return "\n".join(["| argument | default | |", "|---|---|---|", *rows]) if rows else ""


def code_text(name: str, code: Code) -> str:
    """What a code means, for a terminal."""
    bad, good = (textwrap.indent(example, "    ") for example in (code.bad, code.good))
    parts = [f"{name}: {code.title}", filled(code.why), bad, filled(code.remedy), good]
    return "\n\n".join(filter(None, parts))


def codes_markdown() -> str:
    """docs/codes.md."""
    from cnnspec.compiler.codes import CODES  # noqa: PLC0415 -- checking never reads the explanations

    head = "# Codes\n\nEvery diagnostic has a code; `cnnspec explain CODE` prints the same."
    return "\n\n".join([head, *(_code_markdown(name, code) for name, code in sorted(CODES.items()))]) + "\n"


def _code_markdown(name: str, code: Code) -> str:
    bad, good = (f"```yaml\n{example}\n```" if example else "" for example in (code.bad, code.good))
    return "\n\n".join(filter(None, [f"## {name}", code.title, code.why, bad, code.remedy, good]))


def kinds_text() -> str:
    """Every kind with its first sentence."""
    width = max(map(len, KINDS)) + 2
    room = terminal_width() - width
    firsts = (textwrap.shorten(paragraphs(KINDS[kind])[0], room, placeholder=" …") for kind in KINDS)
    return "\n".join(f"{kind:<{width}}{first}" for kind, first in zip(KINDS, firsts, strict=True))
