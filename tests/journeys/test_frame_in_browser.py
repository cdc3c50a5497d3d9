"""The frame in a real browser: keyboard, narrow screens, both appearances, and what axe has to say."""

from pathlib import Path

import pytest
from django.conf import settings

AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
GRAVE = {"serious", "critical"}


def grave_findings(page):
    page.evaluate(AXE.read_text())
    told = "[each.impact, each.id + ' ' + each.nodes[0].html.slice(0, 120)]"
    found = page.evaluate(f"axe.run(document).then(done => done.violations.map(each => {told}))")
    return [words for impact, words in found if impact in GRAVE]


@pytest.mark.parametrize("width", [1280, 834, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_fits_its_screen_and_axe_finds_nothing_grave(logged_in, owner, site, width, theme):
    page = logged_in(owner)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/accounts/team/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
    assert grave_findings(page) == []


def test_log_in_page_is_sound_and_asks_nobody_else(browser_page, site):
    asked = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.goto("/accounts/login/")
    assert grave_findings(browser_page) == []
    assert all(url.startswith((site, "data:")) for url in asked)


def test_the_first_tab_skips_to_the_content(logged_in, owner):
    page = logged_in(owner)
    page.goto("/accounts/team/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_the_menu_opens_by_key_closes_on_escape_and_gives_the_focus_back(logged_in, owner):
    page = logged_in(owner)
    page.goto("/accounts/team/")
    page.focus(".topbar summary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".topbar .menu-panel")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector('.topbar details').open") is False
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
