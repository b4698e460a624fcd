"""What is told of a diagnostic's code."""

from typing import NamedTuple


class Code(NamedTuple):
    """One kind of mistake: its title, why it is one, a small spec that has it, what to do.

    `example` is a list of items, a whole spec, or top-level keys of one; `# set: …` and `# variant: …`
    stand for what the command line says.
    """

    title: str
    why: str
    example: str
    remedy: str
