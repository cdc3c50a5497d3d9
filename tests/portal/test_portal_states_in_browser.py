"""The first page of the portal as patients find it: nothing yet, before the first visit, under way, paused, done."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from scheduling.actions import courses
from tests.cast import NOON
from tests.factories.scheduling import MONDAY, booked, kind, local
from tests.journeys.test_frame_in_browser import grave_findings
from tests.portal.conftest import link_for
from treatments.actions import plans

FITS = "document.documentElement.scrollWidth <= innerWidth"
# Text of double size: what is cut off or pushed out of sight is counted.
DOUBLE = "document.documentElement.style.fontSize = '200%'"
WIDE = (
    "document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]"
    ".filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80)).slice(0, 4)"
)
SMALL = (
    "[...document.querySelectorAll('main button, main a.btn, main select, .tabbar a')]"
    ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))"
)


@pytest.fixture(autouse=True)
def afternoon():
    """Two hours after the sessions of the cast."""
    with time_machine.travel(NOON + timedelta(hours=2)):
        yield


def visit(patient, doctor):
    """A visit on next Monday, booked as the house books it."""
    return booked(patient.clinic, patient, doctor, kind(patient.clinic, "control"), local(MONDAY, "10:00"))


def nothing(request):
    return request.getfixturevalue("patient")


def first(request):
    plan = request.getfixturevalue("plan")
    visit(plan.patient, plan.practitioner)
    return plan.patient


def under_way(request):
    session = request.getfixturevalue("signed_session")
    visit(session.patient, session.practitioner)
    return session.patient


def paused(request):
    plan = request.getfixturevalue("plan")
    plans.pause(plan, reason="Fever", by=request.getfixturevalue("practitioner"), at=NOON)
    return plan.patient


def finished(request):
    plan, by = request.getfixturevalue("plan"), request.getfixturevalue("practitioner")
    for planned in plan.planned_sessions.select_related("visit"):
        courses.mark_done(planned.visit, on=NOON.date(), by=by, at=NOON)
    plans.complete(plan, reason="All given", by=by, at=NOON)
    return plan.patient


@pytest.mark.parametrize(
    ("state", "language"), [(nothing, "es"), (first, "fr"), (under_way, "en"), (paused, "es"), (finished, "fr")]
)
def test_the_first_page_says_where_one_stands_and_fits_a_phone(request, browser_page, state, language):
    patient = state(request)
    type(patient).objects.filter(pk=patient.pk).update(language=language, email="amara@example.org")
    patient.refresh_from_db()
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(link_for(patient))
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/portal/home/")

    picture(page, f"{state.__name__}_{language}")
    assert page.evaluate(FITS)
    assert grave_findings(page) == []
    assert page.evaluate(SMALL) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(FITS)
    page.evaluate(DOUBLE)
    assert page.evaluate(WIDE) == []


def picture(page, name):
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"portal_{name}.png", full_page=True)


def test_every_other_page_fits_and_offline_nothing_of_hers_is_shown(browser_page, plan, doctor):
    patient = plan.patient
    type(patient).objects.filter(pk=patient.pk).update(email="amara@example.org")
    appointment = visit(patient, doctor)
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 844})
    wrong = {}

    def look(address):
        page.goto(f"/portal/{address}")
        picture(page, address.strip("/").replace("/", "_") or "welcome")
        found = [page.evaluate(FITS), grave_findings(page), page.evaluate(SMALL)]
        page.set_viewport_size({"width": 320, "height": 640})
        page.evaluate(DOUBLE)
        found.append(page.evaluate(WIDE))
        page.set_viewport_size({"width": 390, "height": 844})
        if found != [True, [], [], []]:
            wrong[address] = found

    for address in ("", "code/", "offline/"):
        look(address)
    page.goto(link_for(patient))
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/portal/home/")
    visits = [f"visits/{appointment.pk}/{act}/" for act in ("move", "questions")]
    for address in ("me/", "me/contact/", "me/wishes/", "messages/", "documents/", *visits):
        look(address)
    assert wrong == {}

    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = page.evaluate(
        "(async () => { const found = []; for (const name of await caches.keys())"
        " for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);"
        " return found; })()"
    )
    assert "/portal/offline/" in kept
    assert all(address == "/portal/offline/" or address.startswith("/static/") for address in kept)
    page.goto(f"/portal/visits/{appointment.pk}/questions/")
    page.locator("#id_medicine").fill("Warfarin")
    page.wait_for_timeout(100)
    page.evaluate("window.onbeforeunload = null")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/portal/me/")
    page.goto(f"/portal/visits/{appointment.pk}/questions/")
    page.wait_for_function("document.querySelector('#id_medicine').value === 'Warfarin'")
    page.context.set_offline(True)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/portal/home/")
    assert page.locator("h1").inner_text() == "No connection"
    assert "Amara" not in page.content()
