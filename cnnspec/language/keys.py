"""The keys of a spec and of its items, with their meanings."""

from __future__ import annotations

TOP_LEVEL = {
    "cnnspec": "The language version: 1. It marks the file as a spec.",
    "name": "What the network is called; default: the variant's name, else the file's stem.",
    "description": "A sentence or more about the network.",
    "input": "What enters: channels, then spatial sizes; the batch is never written.",
    "layers": "The items, in order; each takes the value that the one before it gave.",
    "output": "What comes out: a name, a list of names, or a mapping; default: the last item.",
    "vars": "Variables that expressions may use as $name.",
    "variants": "Named sets of values for variables.",
    "blocks": "Layer kinds of your own.",
    "init": "How weights start, a kind each.",
    "budget": "Limits that the network must keep.",
    "lint": "Which warnings are wanted.",
    "data": "The data set to train on.",
    "train": "How to train.",
}
"""Every top-level key, with its meaning; keys that start with `x-` are the author's own."""

LATER = ("budget", "lint")
"""Top-level keys that this version doesn't read."""

ITEM_KEYS = {
    "name": "How others refer to its output, and its part of the parameter names.",
    "from": "Take this named output instead of the previous one; `input` is what entered.",
    "repeat": "How many rounds in a row ($i counts them), or {name: number or list}.",
    "when": "If false, the item is not there.",
    "expect": "An assertion on the output's shape.",
    "init": "How its weights start; beside items that hold layers, a kind each.",
}
"""The keys that may stand beside an item's kind."""
