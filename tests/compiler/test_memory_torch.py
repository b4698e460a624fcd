"""Memory of random networks: torch's own account of the printed module is the judge."""

from __future__ import annotations

from random import Random

import pytest

import cnnspec
from cnnspec.compiler.memory import inference_memory, training_memory
from tests.zoo.memory_tracker import at_inference, in_training

KINDS = (
    "relu",
    "gelu",
    "tanh",
    "bn",
    "conv: {out_channels: 8, kernel_size: 3, padding: 1}",
    "maxpool: {kernel_size: 3, stride: 1, padding: 1}",
    "identity",
)
"""Without dropout: its mask is of bytes on a GPU, but of numbers where torch is asked here."""


VALUE = 4 * 8 * 16 * 16 * 64
"""Bytes of one value of a batch of 64."""


def network(rng: Random) -> str:
    """Layers that keep the size, in groups with names, with merges of what went before."""
    names: list[str] = []
    lines: list[str] = []
    for number in range(rng.randint(4, 14)):
        name, source = f"n{number}", ""
        if names and rng.random() < 0.3:
            source = f", from: {rng.choice(names)}"
        draw = rng.random()
        if draw < 0.25 and len(names) > 1:
            lines.append(f"add: [{', '.join(rng.sample(names, 2))}]")
            lines[-1] = f"{{{lines[-1]}, name: {name}}}"
        elif draw < 0.45:
            kinds = ", ".join(rng.choice(KINDS) for _ in range(rng.randint(2, 4)))
            lines.append(f"{{layers: [{kinds}], name: {name}{source}}}")
        elif draw < 0.6:
            lines.append(f"{{add: [[{rng.choice(KINDS)}, {rng.choice(KINDS)}], []], name: {name}{source}}}")
        else:
            lines.append(f"{{{_item(rng.choice(KINDS))}, name: {name}{source}}}")
        names.append(name)
    items = "".join(f"  - {line}\n" for line in lines)
    head = "cnnspec: 1\ninput: [3, 16, 16]\nlayers:\n  - {conv: {out_channels: 8, kernel_size: 3, padding: 1}, name: stem}\n"
    return f"{head}{items}  - flatten\n  - linear: 10\n"


def _item(kind: str) -> str:
    return kind if ":" in kind else f"{kind}: {{}}"


@pytest.mark.parametrize("seed", range(60))
def test_at_inference_and_in_training_to_one_value(seed: int):
    text = network(Random(seed))
    result = cnnspec.check_text(text)
    assert result.ok, text
    ours = (
        inference_memory(result.plan, result.train).at(64),
        training_memory(result.plan, result.train).at(64),
    )
    theirs = at_inference(result, 64), in_training(result, 64)
    assert theirs == pytest.approx(ours, rel=0.02), text
