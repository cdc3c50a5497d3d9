"""Nothing that was typed into a session is lost: server killed, tab closed, log-in expired, two windows, no network."""

import contextlib
import socket
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler, _StaticFilesHandler
from playwright.sync_api import expect

from accounts.actions import pins
from patients.actions import care_teams
from patients.models import Draft
from tests.cast import NOON, PASSWORD
from tests.factories.treatments import answered
from tests.journeys.test_frame_in_browser import grave_findings
from tests.journeys.test_session_in_browser import room  # noqa: F401
from treatments.actions import sessions

TEXT = "Small bruise left of the nose, pressed for a minute"
DIGITS = "274918"


class Mortal(ThreadedWSGIServer):
    """A server that knows its connections, so that they can be cut."""

    def get_request(self):
        connection, address = super().get_request()
        self.__dict__.setdefault("connections", []).append(connection)
        return connection, address


class Thread(LiveServerThread):
    def _create_server(self, connections_override=None):
        address = (self.host, self.port)
        return Mortal(address, QuietWSGIRequestHandler, allow_reuse_address=True)


class House:
    """A server that can be killed, with every connection cut, and started again at the same address."""

    def __init__(self):
        self.port = 0

    def start(self):
        self.thread = Thread("127.0.0.1", _StaticFilesHandler, port=self.port)
        self.thread.daemon = True
        self.thread.start()
        assert self.thread.is_ready.wait(30)
        assert self.thread.error is None
        self.port = self.thread.port

    def kill(self):
        self.thread.terminate()
        for connection in self.thread.httpd.__dict__.get("connections", []):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server(committed):
    house = House()
    house.start()
    yield house
    house.kill()


@pytest.fixture
def tablet(chromium, server):
    """A tablet in the treatment room: 834 x 1112, touched with gloves."""
    size = {"width": 834, "height": 1112}
    address = f"http://127.0.0.1:{server.port}"
    context = chromium.new_context(
        base_url=address, reduced_motion="reduce", viewport=size, has_touch=True, timezone_id="Europe/Madrid"
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def log_in(page, user, path):
    user.set_password(PASSWORD)
    user.save()
    page.goto(path)
    fill_log_in(page, user)


def fill_log_in(page, user):
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "/treatments/sessions/" in url)


@pytest.fixture
def path(room):  # noqa: F811
    return f"/treatments/sessions/{room.pk}/"


@pytest.fixture
def page(tablet, practitioner, path):
    page = tablet.new_page()
    log_in(page, practitioner, path)
    return page


def type_in(page, text=TEXT):
    """Fill a zone and a note; nothing is saved."""
    row = page.locator(".zone-table tbody tr").first
    row.locator("[name$=-zone]").select_option("malar")
    row.locator("[name$=-side]").select_option("right")
    row.locator("[name$=-points]").fill("18")
    row.locator("[data-zone-mirror]").click()
    page.locator("#id_injection_note").fill(text)


def expect_typed(page, text=TEXT):
    rows = page.locator(".zone-table tbody tr")
    expect(rows.nth(1).locator("[name$=-side]")).to_have_value("left")
    assert [rows.nth(each).locator("[name$=-points]").input_value() for each in range(2)] == ["18", "18"]
    expect(page.locator("#id_injection_note")).to_have_value(text)
    expect(page.locator(".draft-note").first).to_contain_text("Typed earlier and not saved yet")


def expect_saved(page):
    expect(page.locator("#draft-chip")).to_contain_text("Saved")


def test_a_closed_tab_loses_nothing(page, tablet, path):
    type_in(page)
    expect_saved(page)
    page.close()

    again = tablet.new_page()
    again.goto(path)
    expect_typed(again)
    assert grave_findings(again) == []


def test_a_tab_closed_before_the_first_saving_loses_nothing(page, tablet, path):
    type_in(page)
    page.wait_for_timeout(900)
    assert not Draft.objects.exists()
    page.close()

    again = tablet.new_page()
    again.goto(path)
    expect_typed(again)


def test_a_killed_server_loses_nothing_even_where_the_step_was_sent(page, server, path):
    server.kill()
    type_in(page)
    expect(page.locator("#draft-chip")).to_contain_text("Not saved: no connection. Kept on this tablet.")
    page.get_by_role("button", name="First injection now").click(no_wait_after=True)
    page.wait_for_timeout(2500)

    server.start()
    page.goto(path)
    expect_typed(page)
    expect_saved(page)


def test_an_expired_log_in_loses_nothing(page, practitioner, path):
    type_in(page, "Before the log-in ran out")
    expect_saved(page)
    Session.objects.all().delete()
    page.locator("#id_injection_note").fill(TEXT)
    expect(page.locator("#draft-chip")).to_contain_text("log in again")
    page.get_by_role("button", name="First injection now").click()
    page.wait_for_url(lambda url: "/accounts/login/" in url)

    fill_log_in(page, practitioner)

    expect_typed(page)
    expect_saved(page)


def test_what_is_typed_without_a_network_is_sent_when_it_is_back(page, tablet):
    tablet.set_offline(True)
    type_in(page)
    expect(page.locator("#draft-chip")).to_contain_text("Not saved: no connection. Kept on this tablet.")
    assert not Draft.objects.exists()

    tablet.set_offline(False)

    expect_saved(page)
    assert {draft.key.rpartition(":")[2] for draft in Draft.objects.all()} == {"zones", "injection"}


def test_saving_one_step_keeps_what_was_typed_into_the_others(page, room, path):  # noqa: F811
    type_in(page)
    page.locator("#id_injection_antiseptic").select_option("alcohol")
    page.get_by_role("button", name="First injection now").click()
    page.wait_for_selector(".toast-note >> text=Written down")

    expect(page.locator(".zone-table tbody tr").nth(1).locator("[name$=-side]")).to_have_value("left")
    expect(page.locator("section:has(#injection) .draft-note")).to_have_count(0)
    room.refresh_from_db()
    assert room.note == TEXT
    page.wait_for_timeout(500)
    assert not Draft.objects.filter(key__endswith=":injection").exists()


def test_two_windows_show_both_and_throw_neither_away(page, tablet, path):
    other = tablet.new_page()
    other.goto(path)
    page.locator("#id_injection_note").fill("First window")
    expect_saved(page)
    other.locator("#id_injection_note").fill("Second window")

    note = other.locator(".draft-note[role=alert]")
    expect(note).to_contain_text("in another window")
    expect(note).to_contain_text("typed here “Second window”, there “First window”")
    assert grave_findings(other) == []
    note.get_by_role("button", name="Keep what I typed").click()
    expect_saved(other)

    assert dict(Draft.objects.get().body["fields"])["note"] == "Second window"


def test_what_was_typed_may_be_let_go(page, path):
    type_in(page)
    expect_saved(page)
    page.reload()
    expect_typed(page)
    page.locator("section:has(#injection) .draft-note button").click()
    expect(page.locator("#id_injection_note")).to_have_value("")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("#id_injection_note")).to_have_value("")


def test_the_screen_locks_in_place_with_its_clocks_and_opens_by_the_pin(page, practitioner, room, path):  # noqa: F811
    pins.choose(practitioner, digits=DIGITS, by=practitioner, at=room.started_at - timedelta(minutes=1))
    page.get_by_role("button", name="Numbing cream on now").click()
    page.wait_for_selector(".toast-note >> text=Written down")
    type_in(page)
    page.get_by_role("button", name="Lock", exact=True).click()

    cover = page.locator(".lock-cover")
    expect(cover.locator("[name=digits]")).to_be_visible()
    assert "Amara" not in page.evaluate("document.body.innerText + document.title")
    first = cover.locator(".timer-figure").inner_text()
    page.wait_for_timeout(1500)
    assert cover.locator(".timer-figure").inner_text() != first
    assert page.request.get("/api/v1/me/").status == 403
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        page.wait_for_timeout(200)
        assert grave_findings(page) == []
    elsewhere = page.context.new_page()
    elsewhere.goto(path)
    assert elsewhere.url.endswith("/accounts/locked/")
    assert "Amara" not in elsewhere.content()
    assert "Numbing cream" in elsewhere.content()
    assert grave_findings(elsewhere) == []
    elsewhere.close()

    cover.locator("[name=digits]").fill("000111")
    cover.get_by_role("button", name="Go on").click()
    expect(cover).to_contain_text("This PIN is not right")
    cover.locator("[name=digits]").fill(DIGITS)
    cover.get_by_role("button", name="Go on").click()

    expect(cover).to_have_count(0)
    expect(page.locator("#id_injection_note")).to_have_value(TEXT)
    page.locator("#id_injection_note").fill("And on it goes")
    expect_saved(page)


def test_a_colleague_goes_on_at_the_same_tablet(page, tablet, practitioner, colleague, second_doctor, room, path):  # noqa: F811
    care_teams.join(room.patient, second_doctor, by=practitioner, at=room.started_at)
    for user, digits in ((practitioner, DIGITS), (colleague, "830517")):
        pins.choose(user, digits=digits, by=user, at=room.started_at)
    tablet.clear_cookies(name="session")
    morning = tablet.new_page()
    colleague.set_password(PASSWORD)
    colleague.save()
    morning.goto("/accounts/login/")
    morning.locator("[name=login]").fill(colleague.email)
    morning.locator("[name=password]").fill(PASSWORD)
    morning.get_by_role("button", name="Log in", exact=True).click()
    morning.wait_for_url(lambda url: "/login/" not in url)
    tablet.clear_cookies(name="session")
    morning.goto(path)
    fill_log_in(morning, practitioner)
    morning.get_by_role("button", name="Lock", exact=True).click()
    cover = morning.locator(".lock-cover")
    cover.get_by_text("Carl Colleague").click()
    cover.locator("[name=digits]").fill("830517")
    cover.get_by_role("button", name="Go on").click()

    expect(morning.locator("summary.avatar")).to_contain_text("Menu of Carl Colleague")
    expect(morning.locator("h1")).to_contain_text("Session 1")


def test_every_target_of_the_page_is_wide_enough_for_a_glove(page, practitioner, room):  # noqa: F811
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        page.wait_for_timeout(200)
        assert grave_findings(page) == []
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main .btn, main .pick, main select, main input, main summary')]"
        ".filter(e => e.offsetParent && !['hidden', 'radio'].includes(e.type)"
        " && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))"
    )
    assert small == []
    banner = page.locator("#patient-banner")
    page.locator("#sign").scroll_into_view_if_needed()
    assert banner.bounding_box()["y"] >= 0
    expect(page.locator("section:has(#sign) .btn")).to_contain_text("for Amara Okonkwo")


@pytest.fixture
def second_session(signed_session, plan, practitioner):
    """The next session of the same plan, a week later, screened and with nothing recorded."""
    at = NOON + timedelta(days=7)
    session = sessions.open_session(plan.planned_sessions.get(ordinal=2), by=practitioner, at=at)
    return answered(session, by=practitioner, at=at)


def test_same_as_last_time_is_a_suggestion_without_lots_and_doses(logged_in, practitioner, second_session, plan):
    page = logged_in(practitioner)
    page.set_viewport_size({"width": 834, "height": 1112})
    page.goto(f"/treatments/sessions/{second_session.pk}/")
    before = list(plan.sessions.get(planned_session__ordinal=1).zone_applications.order_by("ordinal"))
    typed = page.locator(".zone-table tbody tr").first
    assert typed.locator("[name$=-depth_mm]").input_value() == ""
    typed.locator("[name$=-zone]").select_option("chin")
    assert typed.locator("[name$=-depth_mm]").input_value() != ""
    typed.locator("[name$=-points]").fill("7")

    page.get_by_role("link", name="Same as last time").click()

    rows = page.locator(".zone-table tbody tr")
    assert rows.count() == 1 + len(before)
    assert typed.locator("[name$=-points]").input_value() == "7"
    for row, last in zip(rows.all()[1:], before, strict=True):
        assert row.locator("[name$=-zone]").input_value() == last.zone.slug
        assert row.locator("[name$=-side]").input_value() == last.side
        assert row.locator("[name$=-needle]").input_value() == last.needle
        assert row.locator("[name$=-points]").input_value() == ""
        assert row.locator("[name$=-ml_per_point]").input_value() == ""
        assert row.locator("[name$=-preparation]").input_value() == ""
        expect(row.locator("[data-row-last]")).to_contain_text("As last time")
        expect(row.locator("[data-row-last]")).to_contain_text(f"{last.points} × ")
    rows.nth(1).locator("[name$=-depth_mm]").fill("3.5")
    expect(rows.nth(1).locator("[data-row-last]")).to_contain_text("Last time: depth (mm)")
    expect(page.locator("[data-zone-said]")).to_contain_text("Nothing is saved yet")
    assert grave_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not second_session.zone_applications.exists()
