"""The project's own source, for tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = list(settings.ROOMS)


def modules(*places: str) -> list[Path]:
    """The modules of packages or single modules, named by their path without ending; migrations are not read."""
    found: list[Path] = []
    for place in places:
        folder = ROOT / place
        if folder.is_dir():
            found += [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]
        elif folder.with_suffix(".py").exists():
            found.append(folder.with_suffix(".py"))
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def imported(path: Path) -> Iterator[str]:
    """The names that a module imports, in full."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """The functions that stand at the top of a module."""
    yield from (node for node in tree(path).body if isinstance(node, ast.FunctionDef))


def called(node: ast.AST) -> Iterator[ast.Call]:
    yield from (found for found in ast.walk(node) if isinstance(found, ast.Call))
