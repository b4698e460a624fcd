"""Print the JSON Schema of the spec language."""

from __future__ import annotations

import click

from cnnspec.cli.output import echo_json
from cnnspec.language.schema import json_schema


@click.command("schema")
def command() -> None:
    """Print the JSON Schema (draft-07) of the spec language.

    Editors that know yaml-language-server complete and check a spec that begins with
    `# yaml-language-server: $schema=cnnspec.schema.json`.

    \b
    Example:
      cnnspec schema > cnnspec.schema.json
    """
    echo_json(json_schema())
