"""People at their screens, and the other visits of a day, for the journey through one course."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Error, Request

from clinic.demo.today import PEOPLE
from common.dates import resolve_local
from patients.actions import patients
from scheduling.actions import bookings

AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
GRAVE = "['serious', 'critical'].includes(each.impact)"
FIND = f"""axe.run(document).then(done => done.violations.filter(each => {GRAVE})
    .map(each => each.id + ': ' + each.nodes.slice(0, 2).map(node => node.html.slice(0, 120)).join(' | ')))"""


class Desk:
    """One person at one screen; notes what a visitor would stumble over, and goes on."""

    def __init__(self, context: Any, site: str, size: tuple[int, int], *, email: str = "", password: str = "") -> None:
        self.context, self.site, self.email, self.password = context, site, email, password
        self.troubles: list[str] = []
        self.page = context.new_page()
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.on("pageerror", lambda error: self.note(f"script: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("response", lambda answer: self._answered(answer.status, answer.url))

    def note(self, trouble: str) -> None:
        self.troubles.append(f"{self.page.url.removeprefix(self.site)} {trouble}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site, "data:", "blob:")):
            self.note(f"asked {url}")

    def _answered(self, status: int, url: str) -> None:
        if status in (404, 405) or status >= 500:
            self.note(f"{status} for {url.removeprefix(self.site)}")

    def open(self, path: str) -> None:
        """Go to an address, logging in where the page asks for it, and look at it."""
        self.page.goto(path)
        if "/accounts/login/" in self.page.url:
            self.page.locator("[name=login]").fill(self.email)
            self.page.locator("[name=password]").fill(self.password)
            self.page.get_by_role("button", name="Log in", exact=True).click()
            self.page.wait_for_url(lambda url: "/accounts/login/" not in url)
        self.look()

    def look(self, *themes: str) -> None:
        """Let axe read the page, in each appearance, and see that nothing overflows; once more if it went elsewhere."""
        try:
            self._look(*themes)
        except Error as error:
            if "navigation" not in str(error):
                raise
            self._look(*themes)

    def _look(self, *themes: str) -> None:
        self.page.wait_for_load_state("networkidle")
        for theme in themes or ("",):
            if theme:
                self.page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
                self.page.wait_for_timeout(300)
            if not self.page.evaluate("'axe' in window"):
                self.page.evaluate(AXE.read_text())
            for found in self.page.evaluate(FIND):
                self.note(f"{theme} axe {found}")
        if themes:
            self.page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.note("is wider than its screen")

    def press(self, name: str, *, role: str = "button", part: bool = False) -> None:
        """Press what is called so, and wait for the page that comes, where one does."""
        left: list[Request] = []

        def note(request: Request) -> None:
            left.append(request)

        self.page.on("request", note)
        self.page.evaluate("window.stillHere = true")
        self.page.get_by_role(role, name=name, exact=not part).first.click()
        for _moment in range(10):
            self.page.wait_for_timeout(60)
            if any(request.is_navigation_request() for request in left):
                self.page.wait_for_function("!window.stillHere")
                break
        self.page.remove_listener("request", note)
        self.page.wait_for_load_state("networkidle")

    def give_reasons(self, where: str = "main") -> bool:
        """Choose the first reason wherever a finding asks for one; say whether any did."""
        reasons = self.page.locator(f"{where} .reason").all()
        for reason in reasons:
            reason.locator("input[type=radio]").first.check()
        return bool(reasons)

    def decide(self, name: str, where: str, *, again: str = "") -> None:
        """Press a button of a step; where the answer asks for reasons, give them and press again."""
        self.press(name)
        self.confirm_if_asked()
        if self.give_reasons(where):
            self.look()
            self.press(again or name)
            self.confirm_if_asked()

    def confirm_if_asked(self) -> bool:
        """Type the password where the page wants to know who this is; say whether it did."""
        self.page.wait_for_load_state("networkidle")
        if "reauthenticate" not in self.page.url:
            return False
        self.look()
        self.page.locator("[name=password]").fill(self.password)
        self.press("Confirm", part=True)
        return True

    def picture(self, path: Path) -> None:
        """Keep what is on the screen, without passing messages."""
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("document.getElementById('toasts')?.replaceChildren()")
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
        assert path.stat().st_size < 300_000


def draw(page: Any) -> None:
    """Sign on the pad of a page."""
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for line in range(2):
        page.mouse.move(box["x"] + 30, box["y"] + 60 + line * 20)
        page.mouse.down()
        for step in range(16):
            page.mouse.move(box["x"] + 30 + step * 12, box["y"] + 60 + line * 20 + step % 4 * 8)
        page.mouse.up()


def visits_of_others(clinic: Any, staff: dict[str, Any], *, day: date) -> None:
    """Book a few visits of other people on one day."""
    by, hours = staff["frontdesk"].user, (9, 11, 12)
    for person, hour, kind in zip(PEOPLE, hours, ("consultation", "control", "consultation"), strict=True):
        at = resolve_local(datetime.combine(day - timedelta(days=7), time(9)), "Europe/Madrid")
        patient = patients.register(clinic, **person, by=staff["practitioner"].user, at=at)
        bookings.book(
            clinic,
            patient=patient,
            kind=clinic.appointment_kinds.get(slug=kind),
            practitioner=staff["colleague" if hour != 11 else "practitioner"].practitioner,
            starts_at=resolve_local(datetime.combine(day, time(hour)), "Europe/Madrid"),
            by=by,
            at=at,
        )
