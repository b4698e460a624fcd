"""Files that are generated and committed; `make docs` writes them, a test keeps them fresh."""

from __future__ import annotations

import json
from pathlib import Path

from cnnspec.language.schema import json_schema
from cnnspec.render.reference import codes_markdown, kinds_markdown

ROOT = Path(__file__).parent.parent


def generated() -> dict[Path, str]:
    """Every generated file with what it should hold."""
    return {
        ROOT / "schemas" / "cnnspec.schema.json": json.dumps(json_schema(), ensure_ascii=False, indent=2)
        + "\n",
        ROOT / "docs" / "layers.md": kinds_markdown(),
        ROOT / "docs" / "codes.md": codes_markdown(),
    }


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, "utf-8")
