"""Files that are generated and committed; `make docs` writes them, a test keeps them fresh."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from cnnspec.compiler.check import Result
from cnnspec.language.schema import json_schema
from cnnspec.library.specs import check, shipped_networks
from cnnspec.render import network_list
from cnnspec.render.reference_pages import codes_page, concepts_page, layers_page, settings_page

ROOT = Path(__file__).parent.parent


def schema_text() -> str:
    """The JSON Schema, as it is committed."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def zoo_page() -> str:
    """The page of all networks that ship."""
    return network_list.markdown(_families())


def _families() -> list[tuple[Path, list[tuple[str, Result]]]]:
    """Every file of specs/ with the networks in it."""
    found: dict[Path, list[tuple[str, Result]]] = {}
    for name, (path, _) in shipped_networks().items():
        found.setdefault(path, []).append((name, check(name)))
    return list(found.items())


GENERATED: dict[Path, Callable[[], str]] = {
    ROOT / "schemas" / "cnnspec.schema.json": schema_text,
    ROOT / "docs" / "layers.md": layers_page,
    ROOT / "docs" / "settings.md": settings_page,
    ROOT / "docs" / "codes.md": codes_page,
    ROOT / "docs" / "concepts.md": concepts_page,
    ROOT / "docs" / "zoo.md": zoo_page,
}
"""Every generated file, and what gives its text."""


if __name__ == "__main__":
    for path, text in GENERATED.items():
        path.write_text(text(), "utf-8")
