"""Reference pages, for a terminal and as Markdown: kinds from their declarations, codes from theirs."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from cnnspec.language.problems import expectation, shown
from cnnspec.layers import KINDS, MERGES, layer_class
from cnnspec.render.text import terminal_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.core.codes import Code
    from cnnspec.layers.base import Layer


class Argument(NamedTuple):
    """One argument as a reader wants it."""

    name: str
    expected: str
    default: str
    told: str


def kind_text(kind: str) -> str:
    """Everything about a kind, for a terminal."""
    model = layer_class(kind)
    width = terminal_width()
    first, *rest = _paragraphs(model)
    told = [textwrap.fill(text, width, break_on_hyphens=False) for text in (f"{kind}: {first}", *rest)]
    parts = [*told, "\n".join(_written(kind, model)), "\n".join(_argument_lines(model, width))]
    return "\n\n".join(parts).rstrip()


def _argument_lines(model: type[Layer], width: int) -> Iterator[str]:
    found = list(arguments(model))
    yield "Arguments:" if found else "It takes no arguments."
    for argument in found:
        yield (
            f"  {argument.name} = {argument.default}" if argument.default else f"  {argument.name} (required)"
        )
        for text in (argument.told, f"Must be {argument.expected}."):
            yield textwrap.fill(
                text, width, initial_indent="      ", subsequent_indent="      ", break_on_hyphens=False
            )


def _written(kind: str, model: type[Layer]) -> list[str]:
    """How the kind is written in a spec."""
    required = [f"{argument.name}: …" for argument in arguments(model) if not argument.default]
    forms = [f"- {kind}: [[…], []]"] if kind in MERGES else []
    if not required and kind not in MERGES:
        forms.append(f"- {kind}")
    if model.main is not None:
        forms.append(f"- {kind}: <{model.main}>")
    if model.model_fields and kind not in MERGES:
        forms.append(f"- {kind}: {{{', '.join(required) or '…'}}}")
    return ["Written:", *(f"  {form}" for form in forms)]


def arguments(model: type[Layer]) -> Iterator[Argument]:
    """The arguments, required ones first."""
    own = model.__annotations__
    fields = sorted(
        model.model_fields.items(), key=lambda pair: (not pair[1].is_required(), pair[0] not in own)
    )
    for name, info in fields:
        default = "" if info.is_required() else shown(info.default)
        yield Argument(name, expectation(model, name), default, info.description or "")


def _paragraphs(model: type[Layer]) -> list[str]:
    text = textwrap.dedent(f"    {model.__doc__ or ''}")
    return [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]


def kinds_markdown() -> str:
    """docs/layers.md."""
    head = "# Layers\n\nEvery kind, from its declaration; `cnnspec explain KIND` prints the same."
    index = ", ".join(f"[{kind}](#{kind})" for kind in KINDS)
    return "\n\n".join([head, index, *(_kind_markdown(kind) for kind in KINDS)]) + "\n"


def _kind_markdown(kind: str) -> str:
    model = layer_class(kind)
    first, *rest = _paragraphs(model)
    marked = [re.sub(r"^(Formula|When|Against):", r"**\1.**", text) for text in rest]
    written = "\n".join(_written(kind, model)[1:])
    written = f"```yaml\n{textwrap.dedent(written)}\n```"
    return "\n\n".join([f"## {kind}", first, *marked, written, _argument_table(model)]).rstrip()


def _argument_table(model: type[Layer]) -> str:
    rows = [f"| `{a.name}` | {_default(a)} | {a.told} Must be {a.expected}. |" for a in arguments(model)]
    return "\n".join(["| argument | default | |", "|---|---|---|", *rows]) if rows else ""


def _default(argument: Argument) -> str:
    return f"`{argument.default}`" if argument.default else "required"


def code_text(name: str, code: Code) -> str:
    """What a code means, for a terminal."""
    width = terminal_width()
    told = [textwrap.fill(text, width, break_on_hyphens=False) for text in (code.why, code.remedy)]
    return "\n\n".join(
        [f"{name}: {code.title}", told[0], textwrap.indent(code.example.strip("\n"), "    "), told[1]]
    )


def codes_markdown() -> str:
    """docs/codes.md."""
    from cnnspec.core.codes import CODES  # noqa: PLC0415 -- checking never reads the explanations

    head = "# Codes\n\nEvery diagnostic has a code; `cnnspec explain CODE` prints the same."
    parts = [
        f"## {name}\n\n{code.title}\n\n{code.why}\n\n```yaml\n{code.example.strip()}\n```\n\n{code.remedy}"
        for name, code in sorted(CODES.items())
    ]
    return "\n\n".join([head, *parts]) + "\n"


def kinds_text() -> str:
    """Every kind with its first sentence."""
    width = max(map(len, KINDS)) + 2
    room = terminal_width() - width
    firsts = (textwrap.shorten(_paragraphs(layer_class(kind))[0], room, placeholder=" …") for kind in KINDS)
    return "\n".join(f"{kind:<{width}}{first}" for kind, first in zip(KINDS, firsts, strict=True))
