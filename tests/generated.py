"""Files that are generated and committed; `make docs` writes them, a test keeps them fresh."""

from __future__ import annotations

import json
from pathlib import Path

from cnnspec.compiler.check import Result
from cnnspec.language.schema import json_schema
from cnnspec.library.specs import check, shipped_networks
from cnnspec.render import network_list
from cnnspec.render.reference_pages import codes_page, layers_page, settings_page

ROOT = Path(__file__).parent.parent


def generated() -> dict[Path, str]:
    """Every generated file with what it should hold."""
    return {
        ROOT / "schemas" / "cnnspec.schema.json": json.dumps(json_schema(), ensure_ascii=False, indent=2)
        + "\n",
        ROOT / "docs" / "layers.md": layers_page(),
        ROOT / "docs" / "settings.md": settings_page(),
        ROOT / "docs" / "codes.md": codes_page(),
        ROOT / "docs" / "zoo.md": network_list.markdown(_families()),
    }


def _families() -> list[tuple[Path, list[tuple[str, Result]]]]:
    """Every file of specs/ with the networks in it."""
    found: dict[Path, list[tuple[str, Result]]] = {}
    for name, (path, _) in shipped_networks().items():
        found.setdefault(path, []).append((name, check(name)))
    return list(found.items())


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, "utf-8")
