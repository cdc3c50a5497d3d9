"""What the documents point at exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (?P<question>[^|]+\?) \| `(?P<place>[^`]+)` \| (?:`(?P<name>[^`]+)`)?", re.MULTILINE)
ROWS = [match.groupdict() for match in ROW.finditer((ROOT / "docs/where.md").read_text())]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


@pytest.mark.parametrize("row", ROWS, ids=[row["place"] for row in ROWS])
def test_each_answer_of_where_exists(row):
    place = ROOT / row["place"]
    assert place.exists()
    if row["name"]:
        assert row["name"] in names_in(place)


def test_the_table_is_read():
    assert len(ROWS) > 40


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")) + [ROOT / "README.md"], ids=lambda page: page.name)
def test_each_link_leads_somewhere(page):
    for link in LINK.findall(page.read_text()):
        assert (page.parent / link).exists(), link
