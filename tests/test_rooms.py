"""A room imports only from the rooms to its left; `japanese` imports nothing of jaeval (see the design)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "jaeval"
LEFT_TO_RIGHT = [
    ["japanese"],
    ["errors"],
    ["data"],
    ["metrics"],
    ["procedural"],
    ["nano"],
    ["catalogue", "suites"],
    ["engines"],
    ["results"],
    ["evaluation"],
    ["leaderboard"],
    ["fitness"],
    ["demo"],
    ["cli"],
]
"""The rooms, and the single files that are one. Rooms in one row do not import each other."""
OUTSIDE = {"__init__", "__main__"}
"""The doors of the package: they may open any room."""

MODULES = sorted(PACKAGE.rglob("*.py"))
PLACE = {room: place for place, row in enumerate(LEFT_TO_RIGHT) for room in row}


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(source: str, package: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import of jaeval's own, inside functions and `if TYPE_CHECKING` too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            names = [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.split(".")[0] == "jaeval")


def violations(file: Path, source: str) -> list[str]:
    room = room_of(file)
    package = ".".join(["jaeval", *file.relative_to(PACKAGE).parent.parts])
    found = []
    for line, name in imported(source, package):
        parts = name.split(".")
        target = parts[1] if len(parts) > 1 else ""
        if target in (room, "__version__"):
            continue
        if target not in PLACE or room == "japanese" or PLACE[target] >= PLACE[room]:
            found.append(f"{file.relative_to(PACKAGE.parent)}:{line}: {room} imports {name}")
    return found


def test_every_room_has_its_place() -> None:
    assert {room_of(file) for file in MODULES} - OUTSIDE == set(PLACE)


@pytest.mark.parametrize("room", PLACE)
def test_a_room_imports_only_rooms_to_its_left(room: str) -> None:
    files = [file for file in MODULES if room_of(file) == room]
    assert files
    assert [line for file in files for line in violations(file, file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("file", "source", "caught"),
    [
        ("engines/vllm.py", "from jaeval.evaluation.plan import Plan", True),
        ("engines/vllm.py", "def f():\n    import jaeval.results.run", True),
        ("engines/vllm.py", "if TYPE_CHECKING:\n    from ..evaluation import plan", True),
        ("engines/vllm.py", "from jaeval import evaluate", True),
        ("engines/vllm.py", "from jaeval import errors", False),
        ("engines/vllm.py", "from . import choices\nfrom jaeval.errors import JaevalError\nimport json", False),
        ("japanese/units.py", "from jaeval.errors import JaevalError", True),
        ("catalogue.py", "from jaeval.suites import find_suite", True),
        ("suites.py", "from jaeval.errors import TaskError", False),
        ("errors.py", "from jaeval.japanese import normalise", False),
    ],
)
def test_what_counts_as_a_violation(file: str, source: str, caught: bool) -> None:
    assert bool(violations(PACKAGE / file, source)) == caught
