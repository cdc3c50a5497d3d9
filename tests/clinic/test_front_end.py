"""Laws of every template, style and script, whoever wrote it."""

import gzip
import json
import re
from pathlib import Path

import django_htmx
import pytest
from django.conf import settings

from common.templatetags import ui

ROOT = Path(settings.BASE_DIR)
PAGES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts)
SCREENS = [path for path in PAGES if "documents" not in path.parts]
BUDGET = 120_000


CALENDAR = ROOT / "node_modules/@event-calendar/build/dist"
BOARD = list((ROOT / "static/app").glob("board*.js"))


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_template_carries_script_or_style_of_its_own(page):
    text = page.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|hx-on|hx-vals=.js:", text)
    for opening in re.findall(r"<script[^>]*>", text):
        assert "src=" in opening or 'type="application/json"' in opening


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_icon_that_a_template_names_exists(page):
    for name in re.findall(r"{% icon \"([a-z0-9-]+)\"", page.read_text()):
        assert ui.shapes_of(name), name


@pytest.mark.parametrize("page", SCREENS, ids=named)
def test_no_number_field_that_a_wheel_can_change(page):
    assert 'type="number"' not in page.read_text()


@pytest.mark.parametrize("page", SCREENS, ids=named)
def test_nothing_is_asked_from_another_host(page):
    assert not re.search(r"(src|href|action)=\"(https?:)?//", page.read_text())


def test_the_part_of_every_script_exists():
    main = (ROOT / "static/app/main.js").read_text()
    parts = re.findall(r'import\("\./([a-z-]+\.js)"\)', main)
    assert parts
    for part in parts:
        assert (ROOT / "static/app" / part).is_file(), part


def test_the_base_page_weighs_no_more_than_its_budget():
    modules = ROOT / "node_modules"
    squeezed = [
        modules / "bootstrap/dist/css/bootstrap.min.css",
        *(ROOT / "static").glob("*.css"),
        *(path for path in (ROOT / "static/app").glob("*.js") if path not in BOARD),
        Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js",
    ]
    fonts = (modules / "@fontsource-variable/figtree/files").glob("figtree-latin*-wght-normal.woff2")
    weight = sum(len(gzip.compress(path.read_bytes())) for path in squeezed) + sum(f.stat().st_size for f in fonts)
    assert weight <= BUDGET


def test_the_board_weighs_no_more_than_its_own_budget_and_only_its_pages_fetch_it():
    weigh = {path.name: len(gzip.compress(path.read_bytes())) for path in [*CALENDAR.glob("*.min.*s"), *BOARD]}
    assert weigh["event-calendar.min.js"] + weigh["event-calendar.min.css"] <= 44 * 1024
    assert sum(weigh[path.name] for path in BOARD) <= 8_000
    fetching = [page for page in PAGES if "event-calendar/" in page.read_text()]
    assert {page.name for page in fetching} == {"day_board.html", "week_board.html"}


def test_the_lock_file_names_no_place_to_fetch_from():
    lock = (ROOT / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "integrity" in lock
    versions = json.loads((ROOT / "package.json").read_text())
    for version in {**versions["dependencies"], **versions["devDependencies"]}.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
