"""The front desk's day in a browser: book by a tap, move by dialog, drag, key and tray; the clock of the clinic."""

import json
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from audit.models import Event
from scheduling.actions import changes
from scheduling.models import Appointment, CallNote
from tests.factories import patients as people
from tests.factories import scheduling as calendar
from tests.factories.scheduling import MONDAY, booked, local
from tests.journeys.test_frame_in_browser import grave_findings

TEN = local(MONDAY, "10:00")
BOARD = f"/scheduling/board/{MONDAY}/"


@pytest.fixture(autouse=True)
def early_that_monday(time_machine):
    time_machine.move_to(local(MONDAY, "08:00"))


@pytest.fixture
def house(clinic, location, doctor, second_doctor):
    """A day of two doctors with two rooms."""
    for number in (1, 2):
        calendar.room(location, f"Room {number}", number)
    for person in (doctor, second_doctor):
        calendar.open_week(location, person)
    return calendar.kind(clinic, "check", minutes=60)


@pytest.fixture
def nora(clinic):
    return people.register(clinic, given_name="Nora", family_name="Benali")


@pytest.fixture
def visit(clinic, nora, doctor, house):
    return booked(clinic, nora, doctor, house, TEN)


@pytest.fixture
def at_the_desk(logged_in, front_desk):
    def sit_down(path=BOARD):
        page = logged_in(front_desk)
        page.set_viewport_size({"width": 1280, "height": 1000})
        return shown(page, path)

    return sit_down


def shown(page, path=BOARD):
    page.goto(path)
    page.wait_for_selector("[data-ready]")
    page.wait_for_timeout(200)
    return page


def box_of(page, visit):
    return page.locator(f"[data-visit-id='{visit.pk}']")


def point_of(page, doctor, clock):
    """The middle of a quarter of an hour in somebody's column."""
    heads = page.locator(".ec-col-head").all()
    head = next(each.bounding_box() for each in heads if doctor.membership.user.display_name in each.inner_text())
    label = page.locator(".ec-sidebar time, .ec-slot-label, .ec-sidebar .ec-time").filter(has_text="10:00").first
    line = label.bounding_box()
    hours, minutes = map(int, clock.split(":"))
    top = line["y"] + line["height"] / 2
    return head["x"] + head["width"] / 2, top + ((hours - 10) * 60 + minutes) / 15 * 26 + 13


def dragged(page, visit, to):
    box = box_of(page, visit).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 13)
    page.mouse.down()
    page.mouse.move(to[0], to[1] - 6, steps=6)
    page.mouse.move(*to, steps=3)
    page.mouse.up()


def moved_to(page, visit, at):
    expect(page.locator(".toast-note").last).to_be_visible()
    expect(box_of(page, visit)).to_contain_text(f"{at:%H:%M}")
    visit.refresh_from_db()
    assert visit.starts_at == at
    event = Event.objects.about(visit).order_by("seq").last()
    return event.kind, event.fields, event.actor_id


def test_a_tap_on_a_free_time_books_it(at_the_desk, nora, doctor, house):
    page = at_the_desk()
    page.mouse.click(*point_of(page, doctor, "11:15"))
    page.wait_for_url("**/book/?at=2025-02-10T11%3A15&with=*")
    page.get_by_role("combobox", name="Patient").fill("Benali")
    page.get_by_role("option", name="Nora Benali").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("link", name="Check").click()
    page.get_by_role("button", name="Book for Nora Benali").click()
    page.wait_for_url("**/visits/*/")
    visit = Appointment.objects.get()
    assert (visit.starts_at, visit.practitioner) == (local(MONDAY, "11:15"), doctor)


def test_dialog_drag_key_and_tray_move_a_visit_and_leave_the_same_trail(at_the_desk, visit, doctor):
    page, trails = at_the_desk(), []
    box_of(page, visit).focus()
    page.keyboard.press("Enter")
    page.locator("dialog[open]").get_by_role("link", name="Move").click()
    page.get_by_label("When").fill("2025-02-10T11:00")
    page.get_by_role("button", name="Move the visit").click()
    trails.append(moved_to(page, visit, local(MONDAY, "11:00")))

    dragged(page, visit, point_of(page, doctor, "12:00"))
    trails.append(moved_to(page, visit, local(MONDAY, "12:00")))

    box_of(page, visit).focus()
    page.keyboard.press("Alt+ArrowDown")
    trails.append(moved_to(page, visit, local(MONDAY, "12:15")))
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.dataset.visitId") == str(visit.pk)

    box_of(page, visit).click()
    page.get_by_role("button", name="Cut").click()
    expect(page.locator("[data-board-tray]")).to_contain_text("Nora Benali")
    page.mouse.click(*point_of(page, doctor, "10:30"))
    trails.append(moved_to(page, visit, local(MONDAY, "10:30")))
    expect(page.locator("[data-board-tray]")).to_be_hidden()

    page.get_by_role("button", name="Undo").click()
    trails.append(moved_to(page, visit, local(MONDAY, "12:15")))
    assert len(set(map(json.dumps, trails))) == 1
    assert trails[0][:2] == ("appointment.moved", ["starts_at"])


def test_a_key_takes_a_visit_to_the_colleague_and_a_drag_to_another_room(at_the_desk, visit, doctor, second_doctor):
    page = at_the_desk()
    box_of(page, visit).focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator(".toast-note").last).to_contain_text("Carl Colleague")
    visit.refresh_from_db()
    assert visit.practitioner == second_doctor
    assert Event.objects.about(visit).order_by("seq").last().fields == ["starts_at", "practitioner"]

    before = visit.room
    page = shown(page, f"{BOARD}?by=room")
    page.wait_for_timeout(300)
    box_of(page, visit).focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(".toast-note").last).to_be_visible()
    visit.refresh_from_db()
    assert visit.room != before
    assert Event.objects.about(visit).order_by("seq").last().fields == ["starts_at", "room"]


def test_a_drag_onto_a_taken_time_goes_back_and_says_what_is_free(
    at_the_desk, clinic, visit, other_patient, doctor, house
):
    booked(clinic, other_patient, doctor, house, local(MONDAY, "13:00"))
    page = at_the_desk()
    dragged(page, visit, point_of(page, doctor, "13:00"))
    sheet = page.locator("dialog[open]")
    expect(sheet).to_contain_text("Free instead")
    visit.refresh_from_db()
    assert visit.starts_at == TEN
    sheet.locator("button[name=slot]").first.click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    visit.refresh_from_db()
    assert visit.starts_at > TEN


def test_a_drag_that_pushes_later_visits_out_asks_what_becomes_of_them(
    at_the_desk, clinic, nora, doctor, location, house
):
    treatment = calendar.kind(clinic, "treatment", minutes=45, needs_course=True)
    first, second = calendar.course(nora, treatment, intervals=((0, 2), (7, 7))).visits.order_by("ordinal")
    visit = booked(clinic, nora, doctor, treatment, TEN, course_visit=first)
    later = booked(clinic, nora, doctor, treatment, TEN + timedelta(days=7), course_visit=second)
    page = at_the_desk(f"/scheduling/week/{MONDAY}/?only={doctor.pk}")
    box_of(page, visit).focus()
    page.keyboard.press("Alt+ArrowRight")
    sheet = page.locator("dialog[open]")
    expect(sheet).to_contain_text("What becomes of the later visits?")
    visit.refresh_from_db()
    assert visit.starts_at == TEN
    sheet.get_by_role("button", name="Move the visit").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    later.refresh_from_db()
    visit.refresh_from_db()
    assert (visit.starts_at, later.starts_at) == (TEN + timedelta(days=1), TEN + timedelta(days=8))


def test_a_visit_is_taken_through_the_day_and_a_step_is_taken_back(at_the_desk, visit, time_machine):
    time_machine.move_to(local(MONDAY, "10:05"))
    page = at_the_desk()
    expect(box_of(page, visit)).to_contain_text("5 min late")
    box_of(page, visit).click()
    page.get_by_role("button", name="Arrived").click()
    expect(box_of(page, visit)).to_contain_text("Arrived")
    expect(page.locator("#waiting")).to_contain_text("Waiting")
    page.get_by_role("button", name="Undo").click()
    expect(box_of(page, visit)).to_contain_text("late")
    visit.refresh_from_db()
    assert visit.status == "booked"
    box_of(page, visit).click()
    page.get_by_role("button", name="Called, no answer").click()
    expect(page.locator("dialog[open] .sheet-calls .timeline, dialog[open] .sheet-calls ol")).to_contain_text("Fred")
    assert CallNote.objects.get().appointment == visit


@pytest.mark.parametrize("day", [MONDAY, date(2025, 3, 30), date(2025, 10, 26)], ids=["plain", "spring", "autumn"])
def test_a_browser_in_new_york_sees_and_moves_by_the_clock_of_the_clinic(
    chromium, site, logged_in, front_desk, clinic, location, nora, doctor, house, day
):
    calendar.open_week(location, doctor, days=[7])
    visit = booked(clinic, nora, doctor, house, local(day, "15:00"))
    cookies = logged_in(front_desk).context.cookies()
    context = chromium.new_context(
        base_url=site, reduced_motion="reduce", locale="en-US", timezone_id="America/New_York"
    )
    context.add_cookies(cookies)
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 1000})
    try:
        page = shown(page, f"/scheduling/board/{day}/")
        expect(box_of(page, visit)).to_contain_text("15:00 Nora Benali")
        box, label = box_of(page, visit).bounding_box(), page.get_by_text("15:00", exact=True).first.bounding_box()
        assert abs(label["y"] + label["height"] / 2 - box["y"]) < 8
        box_of(page, visit).focus()
        page.keyboard.press("Alt+ArrowUp")
        expect(box_of(page, visit)).to_contain_text("14:45 Nora Benali")
        dragged(page, visit, point_of(page, doctor, "11:30"))
        expect(box_of(page, visit)).to_contain_text("11:30 Nora Benali")
        visit.refresh_from_db()
        assert visit.starts_at == local(day, "11:30")
    finally:
        context.close()


@pytest.mark.parametrize("width", [1280, 834, 390, 320])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_board_fits_its_screen_and_axe_finds_nothing_grave(at_the_desk, site, visit, front_desk, width, theme):
    changes.set_status(visit, status="arrived", by=front_desk, at=local(MONDAY, "08:00"))
    page = at_the_desk()
    page.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    page.set_viewport_size({"width": width, "height": 900})
    shown(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert grave_findings(page) == []
    if width != 320:
        box_of(page, visit).click()
        expect(page.locator("dialog[open] .sheet-acts")).to_be_attached()
        assert grave_findings(page) == []


def test_on_a_phone_one_column_is_chosen(at_the_desk, visit, doctor, second_doctor):
    page = at_the_desk()
    page.set_viewport_size({"width": 390, "height": 844})
    shown(page)
    page.get_by_label("With").select_option(label=str(second_doctor))
    expect(box_of(page, visit)).to_have_count(0)
    page.get_by_label("With").select_option(label=str(doctor))
    expect(box_of(page, visit)).to_be_visible()
    assert page.locator(".ec-col-head").count() <= 2
