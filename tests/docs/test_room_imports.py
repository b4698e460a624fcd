"""The page of the architecture says which room imports which."""

from __future__ import annotations

import re
from pathlib import Path

import grimp

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
ROW = re.compile(r"^\| `(\w+)` \| .* \| ([\w, ]+|—) \|$", re.MULTILINE)


def test_the_page_says_which_room_imports_which():
    graph = grimp.build_graph("cnnspec", cache_dir=None)
    rooms = {module.rpartition(".")[2] for module in graph.find_children("cnnspec")} - {"__main__"}
    imports: dict[str, set[str]] = {room: set() for room in rooms}
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            room, other = (module.split(".")[1:2] for module in (importer, imported))
            if room and other and room != other and room[0] in rooms:
                imports[room[0]].add(other[0])
    told = {
        room: set(names.replace("—", "").split(", ")) - {""} for room, names in ROW.findall(PAGE.read_text())
    }
    assert imports == told
