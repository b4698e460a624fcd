"""The form of a spec: its keys, its items, its inputs and outputs."""

from cnnspec.core.codes.code import Code

CODES = {
    "not-a-mapping": Code(
        "The file holds no mapping",
        "A spec is one mapping of top-level keys: `cnnspec`, `input`, `layers` and so on.",
        "conv, relu, linear",
        "Begin with `cnnspec: 1`, then `input: […]` and `layers:` with a list.",
    ),
    "missing-version": Code(
        "The language version is not there",
        "`cnnspec: 1` marks a file as a spec, and says by which rules to read it.",
        "input: [3, 32, 32]\nlayers: [relu]",
        "Write `cnnspec: 1` at the top.",
    ),
    "wrong-version": Code(
        "Another language version",
        "This checker knows version 1 of the language, and can't tell what another means.",
        "cnnspec: 2",
        "Write `cnnspec: 1`, or install the cnnspec that knows the version.",
    ),
    "missing-key": Code(
        "A key is missing",
        "Without it there is nothing to check: a spec has `input` and `layers`, a block has `layers`, an output says which value it is.",
        "cnnspec: 1\nlayers: [relu]",
        "Write the key; the hint shows how.",
    ),
    "unknown-key": Code(
        "A key that means nothing here",
        "A key that is not known is a misspelling more often than a wish; passing over it would hide the mistake.",
        "- {relu, nmae: act}",
        "Correct it; your own notes go under a top-level key that starts with `x-`.",
    ),
    "not-supported": Code(
        "Not checked yet",
        "The key is part of the language, but this version of cnnspec does nothing with it, and does not pretend to.",
        "budget: {params: 1000000}",
        "Take it out.",
    ),
    "bad-value": Code(
        "A value of the wrong type, or out of range",
        "Every key and every argument takes values of one kind; true is no number, and a text is none either.",
        "- conv: {out_channels: -8, kernel_size: 3}",
        "Write what the message says it must be.",
    ),
    "bad-input": Code(
        "The input is no shape",
        "An input is a list of whole numbers of at least 1: channels, then up to three spatial sizes; the batch is never written.",
        "cnnspec: 1\ninput: [3, 0, 32]\nlayers: [relu]",
        "Write `input: [3, 224, 224]`.",
    ),
    "bad-output": Code(
        "The output is no name",
        "`output` is a name, a list of names, or a mapping from keys to names.",
        "output: [[fc]]",
        "Write `output: fc`, or leave it out for the last item's.",
    ),
    "bad-items": Code(
        "This is no list of items",
        "`layers` is a list; each item stands behind a dash, or between brackets.",
        "cnnspec: 1\ninput: [3, 32, 32]\nlayers: relu",
        "Write a dash before each item: `- relu`.",
    ),
    "bad-item": Code(
        "This is no item",
        "An item is a kind, or a mapping with a kind; a number, a list or nothing is none.",
        "- [relu, relu]",
        "Write a kind; for several items as one `layers: […]`.",
    ),
    "no-kind": Code(
        "An item without a kind",
        "Name, `when` and the others stand beside a kind, and there is none.",
        "- {name: stem}",
        "Write a kind beside them, as in `{relu, name: stem}`.",
    ),
    "several-kinds": Code(
        "An item with several kinds",
        "An item is one layer. Two keys that are not item keys mean a dash is missing, or an argument stands outside its layer.",
        "- {relu, bn}",
        "Give each kind its own dash, and put arguments inside: `conv: {…}`.",
    ),
    "unknown-kind": Code(
        "There is no such layer kind",
        "A kind is one of those of `docs/layers.md`, or a block of the spec.",
        "- Conv2d: {out_channels: 8, kernel_size: 3}",
        "Correct the spelling; what other libraries call it is often known to the hint.",
    ),
    "too-few-branches": Code(
        "A merge of less than two branches",
        "`add`, `multiply` and `concat` join branches; one alone needs no merge.",
        "- add: [[relu]]",
        "Add the second branch: `[]` is the value as it stands here.",
    ),
    "bad-branch": Code(
        "This is no branch",
        "A branch is a list of items, a name, or an item; a number or nothing is none.",
        "- add: [[], null]",
        "Write `[]` for the value as it stands here.",
    ),
    "bad-choice": Code(
        "One of several must be chosen",
        "`data`, `optimizer`, `loss` and an initialiser are written like items: a name, or one name with arguments.",
        "train: {optimizer: {sgd: {lr: 0.1}, adam: {lr: 0.1}}}",
        "Keep one.",
    ),
    "unknown-choice": Code(
        "There is nothing of that name",
        "The data sets, optimizers, losses and initialisers are those that the hint lists.",
        "train: {optimizer: adamm}",
        "Correct the name.",
    ),
}
