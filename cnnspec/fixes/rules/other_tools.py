"""Lines as other tools have them: calls, words in a row, lists, `type:` keys, activations as arguments, torch's dims."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnnspec.core.diagnostic import Edit
from cnnspec.declare.arguments import Arguments
from cnnspec.declare.spellings import normalise
from cnnspec.fixes.edits import (
    Candidate,
    entry_text,
    flow_text,
    item_after,
    replacement,
    scalar_text,
    short,
    without_entries,
)
from cnnspec.fixes.mistake import ItemAt, Mistake
from cnnspec.fixes.rules.spelling import TORCH_AXES, choice_table, similar
from cnnspec.language.sections import ITEM_KEYS
from cnnspec.layers import KINDS
from cnnspec.layers.other_libraries import ACTIVATION_WORDS, argument_for, kind_for
from cnnspec.reader.node import Mapping, Node, Scalar, Sequence
from cnnspec.settings.other_libraries import argument_for as setting_for
from cnnspec.settings.other_libraries import choice_for

_TYPES = ("type", "kind", "layer", "op", "class_name", "name", "module")
_CALL = re.compile(r"\s*([A-Za-z_][\w.]*)\s*\((.*)\)\s*", re.DOTALL)
_WORDS = re.compile(r"([A-Za-z_][\w.]*)((?:\s+[\w.×=]+)+)")
_WINDOW = re.compile(r"([0-9]+)\s*[x×*]\s*([0-9]+)")
_KEYWORD = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.*\S)\s*")
_RESHAPES = {"view", "reshape", "resize_"}
_TORCH = re.compile(r"(?:\w+\.)*(?:Lazy)?(?:Linear|[A-Z]\w*[123]d|\w*Norm)")
"""Names of torch's classes, whose first argument is often what comes in."""
_MOST_ARGUMENTS = 12


def other_tools(mistake: Mistake) -> Iterator[Candidate]:
    """Our notation for theirs."""
    item = mistake.item
    if item is not None and mistake.code in {
        "unknown-kind",
        "bad-item",
        "no-kind",
        "several-kinds",
        "unknown-key",
    }:
        yield from _whole_item(item)
    if mistake.code in {"unknown-argument", "unknown-key"} and item is not None:
        yield from _activation_argument(item, mistake)
        yield from _without_colon(mistake)
    if mistake.code == "unknown-argument":
        yield from _dim(mistake)
    if mistake.code in {"bad-choice", "unknown-choice", "unknown-argument", "bad-value"}:
        yield from _typed_choice(mistake)
    if mistake.code == "bad-value" and isinstance(mistake.node, Scalar):
        yield from _main_of_words(mistake, mistake.node)


# Items


def _whole_item(item: ItemAt) -> Iterator[Candidate]:
    """The item written anew."""
    node = item.node
    texts: Iterator[str] = iter(())
    if isinstance(node, Scalar):
        texts = _of_text(node.text)
    elif isinstance(node, Sequence):
        texts = _of_list(node)
    else:
        texts = _of_mapping(node)
    for text in texts:
        yield replacement(node.place, text, f"write `{short(text)}`")


def _of_text(text: str) -> Iterator[str]:
    plain = text.strip().rstrip(",;").strip("'\"")
    if plain != text and plain in KINDS:
        yield plain
    if call := _CALL.fullmatch(plain):
        kind = _kind(call[1])
        if kind:
            yield from _of_arguments(kind, _split(call[2]), torch=bool(_TORCH.fullmatch(call[1])))
    elif words := _WORDS.fullmatch(plain.replace(",", " ")):
        kind = _kind(words[1])
        if kind:
            yield from _of_arguments(kind, words[2].split())
    elif found := re.fullmatch(r"([A-Za-z_]+)[-_ ]?([0-9]+(?:x[0-9]+)?)", plain):
        kind = _kind(found[1])
        if kind:
            yield from _of_arguments(kind, [found[2]])
    if re.fullmatch(r"[A-Za-z_]\w*:\S.*", plain):
        name, _, value = plain.partition(":")
        kind = _kind(name)
        yield f"{kind or name}: {value}"


def _kind(word: str) -> str:
    """Our kind for a word; empty for none."""
    if word in KINDS:
        return word
    return kind_for(word) or next(iter(similar(word.rpartition(".")[2], KINDS)), "")


def _split(text: str) -> list[str]:
    """A call's arguments, at the commas outside of brackets."""
    parts, depth, begin = [], 0, 0
    for index, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            parts.append(text[begin:index])
            begin = index + 1
    parts.append(text[begin:])
    return [part.strip() for part in parts if part.strip()]


def _of_arguments(kind: str, parts: list[str], *, torch: bool = False) -> Iterator[str]:
    """The item of values in a row, some with names; `torch`: what comes in stands first."""
    if kind not in KINDS or len(parts) > _MOST_ARGUMENTS:
        return
    model = KINDS[kind]
    named: dict[str, str] = {}
    values: list[str] = []
    for part in parts:
        if keyword := _KEYWORD.fullmatch(part):
            name = (
                keyword[1]
                if keyword[1] in model.model_fields
                else argument_for(model.model_fields, keyword[1])
            )
            if name is None:
                continue
            named[name] = _value(keyword[2])
        elif (window := _WINDOW.fullmatch(part)) and "kernel_size" in model.model_fields:
            same = window[1] == window[2]
            named["kernel_size"] = window[1] if same else f"[{window[1]}, {window[2]}]"
        elif re.fullmatch(r"[ksp][0-9]+", part):
            name = {"k": "kernel_size", "s": "stride", "p": "padding"}[part[0]]
            named[name] = part[1:]
        else:
            values.append(_value(part))
    inferred = model.inferred_argument
    named.pop(inferred or "", None)
    order = [name for name in _positions(model) if name not in named]
    if inferred and torch and len(values) > 1:
        values = values[1:]
    if len(values) <= len(order):
        yield _item_text(kind, model, {**dict(zip(order, values, strict=False)), **named})


def _positions(model: type[Arguments]) -> list[str]:
    """The arguments in torch's order: what comes out, what is required, the others as declared; none that is inferred."""
    fields = [name for name in model.model_fields if name != getattr(model, "inferred_argument", None)]
    return sorted(
        fields, key=lambda name: (not name.startswith("out_"), not model.model_fields[name].is_required())
    )


def _value(text: str) -> str:
    text = text.strip().strip("'\"")
    if text.startswith("(") and text.endswith(")"):
        text = f"[{text[1:-1].rstrip(', ')}]"
    return {"True": "true", "False": "false", "None": "null"}.get(text, text)


def _item_text(kind: str, model: type[Arguments], arguments: dict[str, str]) -> str:
    if not arguments:
        return kind
    if list(arguments) == [model.main]:
        return f"{kind}: {arguments[model.main or '']}"
    return f"{kind}: {{{', '.join(f'{name}: {value}' for name, value in arguments.items())}}}"


def _of_list(node: Sequence) -> Iterator[str]:
    """`[conv, 32, 3]`; in YOLO's notation `[-1, 1, Conv, [64, 3]]`."""
    parts = list(node.items)
    while parts and not (isinstance(parts[0], Scalar) and isinstance(parts[0].value, str)):
        parts = parts[1:]
    if not parts or not isinstance(parts[0], Scalar):
        return
    kind = _kind(parts[0].text)
    if not kind:
        return
    rest: list[str] = []
    for part in parts[1:]:
        if isinstance(part, Sequence) and len(parts) == 2:  # noqa: PLR2004 -- the kind and its list
            rest += [flow_text(inner) for inner in part.items]
        elif isinstance(part, Mapping):
            rest += [f"{key.text}={flow_text(value)}" for key, value in part]
        else:
            rest.append(flow_text(part))
    yield from _of_arguments(kind, rest)


def _of_mapping(node: Mapping) -> Iterator[str]:
    """`{type: Dense, units: 10}`, `{Linear: [864, 10]}`, `{view: [-1, 5760]}`, `{activation: relu}`."""
    beside = [entry_text(entry) for key, entry in node.entries.items() if key in ITEM_KEYS]
    for key, value in node:
        if key.text in _TYPES and isinstance(value, Scalar) and isinstance(value.value, str):
            kept = [text for text in beside if not (key.text == "name" and text.startswith("name:"))]
            yield from (_with_beside(text, kept) for text in _of_type(key.text, value.text, node))
    for key, value in node:
        if key.text not in ITEM_KEYS:
            yield from (_with_beside(text, beside) for text in _of_entry(key.text, value))


def _of_type(key: str, word: str, node: Mapping) -> Iterator[str]:
    """The item whose kind stands under `type`, with the other entries as its arguments; under `name`, if there are any."""
    kind = _kind(word)
    others = [(k, v) for k, v in node if k.text != key and k.text not in ITEM_KEYS]
    if kind in KINDS and (key != "name" or others):
        yield from _of_arguments(kind, [f"{k.text}={flow_text(v)}" for k, v in _flat(others)])


def _of_entry(key: str, value: Node) -> Iterator[str]:
    """The item of a kind that is called otherwise, or that has its arguments in a row."""
    if normalise(key) in ACTIVATION_WORDS and isinstance(value, Scalar):
        activation = _kind(value.text)
        yield from [activation] if activation else []
    if key in _RESHAPES:
        yield "flatten"
    kind = _kind(key)
    if kind in KINDS and isinstance(value, Sequence):
        yield from _of_arguments(kind, [flow_text(item) for item in value.items])
    if kind in KINDS and isinstance(value, Scalar) and isinstance(value.value, str):
        yield from _of_arguments(kind, value.text.replace(",", " ").split())


def _flat(entries: list[tuple[Scalar, Node]]) -> Iterator[tuple[Scalar, Node]]:
    """Entries; those of `args`, `params`, `config` and the like in the place of these."""
    for key, value in entries:
        if isinstance(value, Mapping):
            yield from value
        else:
            yield key, value


def _with_beside(text: str, beside: list[str]) -> str:
    return f"{{{', '.join([text, *beside])}}}" if beside else text


def _activation_argument(item: ItemAt, mistake: Mistake) -> Iterator[Candidate]:
    """`conv: {…, activation: relu}`: the activation becomes the next item."""
    key, holder, value = mistake.key, mistake.holder, mistake.node
    if (
        key is None
        or holder is None
        or not isinstance(value, Scalar)
        or normalise(key.text) not in ACTIVATION_WORDS
    ):
        return
    edits = without_entries(holder, [key.text])
    kind = _kind(value.text) if isinstance(value.value, str) else ""
    if edits is None:
        return
    if not kind:
        yield Candidate(edits, f"leave {key.text} out")
        return
    after = item_after(item.holder, item.position, kind)
    if after is not None:
        yield Candidate((*edits, after), f"write `- {kind}` as the next item, and leave {key.text} out")


def _without_colon(mistake: Mistake) -> Iterator[Candidate]:
    """`{kernel_size=3}`, `{kernel_size:3}`, `{3}`."""
    key = mistake.key
    if key is None or not mistake.at_key:
        return
    if found := re.fullmatch(r"(\w+)\s*[=:]\s*(\S.*)", key.text):
        yield replacement(key.place, f"{found[1]}: {found[2]}")
    model = mistake.model
    if (
        model is not None
        and model.main is not None
        and mistake.holder is not None
        and len(mistake.holder.entries) == 1
    ):
        yield replacement(mistake.holder.place, key.text)


def _dim(mistake: Mistake) -> Iterator[Candidate]:
    """Torch's `dim`, which counts the batch: 1 is axis 0, -1 stays."""
    key, node, model = mistake.key, mistake.node, mistake.model
    if key is None or node is None or model is None or key.text not in TORCH_AXES:
        return
    name = argument_for(model.model_fields, key.text) or next(
        iter(similar(key.text, model.model_fields)), None
    )
    if name is None:
        return
    numbers = node.plain()
    axes = [_axis(n) for n in numbers if n != 0] if isinstance(numbers, list) else _axis(numbers)
    yield Candidate(
        (Edit(key.place, name), Edit(node.place, scalar_text(axes))),
        f"write `{name}: {scalar_text(axes)}`, axes don't count the batch",
        rename=True,
    )


def _axis(dim: object) -> object:
    return dim - 1 if isinstance(dim, int) and dim > 0 else dim


# Settings


def _typed_choice(mistake: Mistake) -> Iterator[Candidate]:
    """`{type: adam, learning_rate: 0.001}`, `adam(lr=0.1)`, `{adam: 0.1}`: a name, and its arguments in a mapping."""
    table = choice_table(mistake)
    node = mistake.node
    holder = mistake.holder
    if table is None:
        return
    for around in (node, holder):
        if not isinstance(around, Mapping):
            continue
        for key, value in around:
            if key.text in (*_TYPES, "optimizer", "algorithm") and isinstance(value, Scalar):
                name = _choice(value.text, table)
                if name is not None:
                    rest = [(k, v) for k, v in around if k is not key]
                    yield replacement(around.place, _choice_text(name, table[name], rest))
    if isinstance(node, Scalar) and (call := _CALL.fullmatch(node.text)):
        name = _choice(call[1], table)
        if name is not None:
            pairs = [part.split("=", 1) for part in _split(call[2]) if "=" in part]
            written = {_field(table[name], k.strip()): _value(v) for k, v in pairs}
            inside = ", ".join(f"{k}: {v}" for k, v in written.items())
            yield replacement(node.place, f"{{{name}: {{{inside}}}}}" if inside else name)


def _choice(word: str, table: object) -> str | None:
    names = list(table)  # type: ignore[call-overload]
    if word.lower() in names:
        return word.lower()
    return choice_for(word, names) or next(iter(similar(word.rpartition(".")[2], names)), None)


def _field(model: type[Arguments], word: str) -> str:
    fields = model.model_fields
    return word if word in fields else setting_for(fields, word) or next(iter(similar(word, fields)), word)


def _choice_text(name: str, model: type[Arguments], entries: list[tuple[Scalar, Node]]) -> str:
    if not entries:
        return name
    inside = ", ".join(f"{_field(model, key.text)}: {flow_text(value)}" for key, value in entries)
    return f"{{{name}: {{{inside}}}}}"


def _main_of_words(mistake: Mistake, node: Scalar) -> Iterator[Candidate]:
    """`conv: 3x3`, `conv: 32, 3`: what stands behind a kind in words."""
    item = mistake.item
    kind = item.kind if item is not None else None
    if kind is None or kind.text not in KINDS or item is None or item.arguments is not node:
        return
    for text in _of_arguments(kind.text, node.text.replace(",", " ").split()):
        yield replacement(node.place, text.removeprefix(f"{kind.text}: "), f"write `{short(text)}`")
