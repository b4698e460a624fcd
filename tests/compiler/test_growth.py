"""The work of a check grows with the spec, not with its square: counted in calls, since clocks are noisy."""

from __future__ import annotations

import pytest

from cnnspec.compiler.check import check_text
from tests.calls import calls

HEAD = "cnnspec: 1\ninput: [3, 8, 8]\n"


def chain_of_variables(count: int) -> str:
    """Each variable is the next one's value."""
    rows = "".join(f"  v{i}: $v{i + 1}\n" for i in range(count))
    return f"{HEAD}vars:\n{rows}  v{count}: 2\nlayers: [maxpool: $v0]\n"


def chain_of_blocks(count: int) -> str:
    """Each block's only layer is the next block; none is called."""
    rows = "".join(f"  b{i}: {{layers: [b{i + 1}]}}\n" for i in range(count))
    return f"{HEAD}blocks:\n{rows}  b{count}: {{layers: [relu]}}\nlayers: [relu]\n"


def ring_of_blocks(count: int) -> str:
    """Each block uses the next, the last the first."""
    rows = "".join(f"  b{i}: {{layers: [b{(i + 1) % count}]}}\n" for i in range(count))
    return f"{HEAD}blocks:\n{rows}layers: [b0]\n"


def variables_and_rounds(count: int) -> str:
    """As many rounds as variables."""
    rows = "".join(f"  v{i}: {i}\n" for i in range(count))
    return f"{HEAD}vars:\n{rows}layers: [{{relu, repeat: {count}, when: $v0 == 0}}]\n"


def layers(count: int) -> str:
    """Layers in a row."""
    return f"{HEAD}layers:\n" + "  - conv: {out_channels: 3, kernel_size: 3, padding: 1}\n  - bn\n" * count


def instances(count: int) -> str:
    """Calls of one block."""
    block = "blocks: {u: {args: {c: required}, layers: [conv: {out_channels: $c, kernel_size: 1}, relu]}}\n"
    return f"{HEAD}{block}layers: [{{u: $i % 7 + 1, repeat: {count}}}]\n"


def wrong_names(count: int) -> str:
    """Each layer takes what isn't there, but is called nearly so."""
    rows = "".join(f"  - {{relu, name: layer{i}x, from: nosuch{i}x}}\n" for i in range(count))
    return f"{HEAD}layers:\n{rows}"


def readers_of_one_name(count: int) -> str:
    """A long chain that changes nothing, and as many layers that read its end."""
    rows = "  - {tanh, from: end}\n" * count
    return f"{HEAD}layers:\n" + "  - identity\n" * count + "  - {identity, name: end}\n" + rows


def dilated_filters(count: int) -> str:
    """Filters in a row, which see ever more of the input, with holes."""
    conv = "  - conv: {out_channels: 3, kernel_size: 3, padding: 2, dilation: 2}\n"
    return f"{HEAD}layers:\n" + conv * count + "  - global_avgpool\n"


def ignores(count: int) -> str:
    """Comments that take a warning away, and more that nothing needs."""
    rows = "  - relu  # cnnspec: ignore[activation-twice, dead-node]\n" * count
    return f"{HEAD}layers:\n{rows}"


@pytest.mark.parametrize(
    "make",
    [
        readers_of_one_name,
        dilated_filters,
        ignores,
        chain_of_variables,
        chain_of_blocks,
        ring_of_blocks,
        variables_and_rounds,
        layers,
        instances,
        wrong_names,
    ],
)
def test_twice_the_spec_is_about_twice_the_work(make):
    check_text(make(600))  # what is built at first use is not counted
    assert calls(lambda: check_text(make(600))) < 2.2 * calls(lambda: check_text(make(300)))
