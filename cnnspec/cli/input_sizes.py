"""`--input 3,300,300`: sizes of the command line as settings of a spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click


def settings_for(inputs: Iterable[str]) -> Iterator[str]:
    """What `--set` takes for each: `input=[3, 300, 300]`, or one input by its name. Raises BadParameter."""
    for text in inputs:
        name, equals, sizes = text.rpartition("=")
        numbers = [part.strip() for part in sizes.split(",")]
        if not all(number.isascii() and number.isdecimal() and int(number) > 0 for number in numbers):
            message = f"{text} is no list of sizes: write channels, then height and width, as in 3,300,300"
            raise click.BadParameter(message, param_hint="--input")
        if equals and not name:
            raise click.BadParameter(f"{text} names no input before the =", param_hint="--input")
        yield f"{f'input.{name}' if equals else 'input'}=[{', '.join(numbers)}]"
