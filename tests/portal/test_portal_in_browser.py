"""The portal on a phone: what fits, what axe has to say, and a consent signed with a finger."""

from datetime import timedelta

import pytest

from tests.factories.documents import issue
from tests.journeys.test_frame_in_browser import grave_findings
from tests.portal.conftest import link_for, now
from treatments.actions import consents
from treatments.models import Consent


@pytest.fixture
def presented(committed, plan, practitioner):
    """A consent that waits for Amara."""
    return consents.present(plan, options={"photos_record": True}, by=practitioner, at=now())


@pytest.fixture
def phone(browser_page, site, presented, patient):
    """A phone that holds the link."""
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto(link_for(patient))
    return browser_page


def opened(phone):
    phone.click("main button[type=submit]")
    phone.wait_for_url("**/portal/home/")
    return phone


def sign(phone):
    board = phone.locator("canvas")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    phone.mouse.move(box["x"] + 30, box["y"] + 60)
    phone.mouse.down()
    for step in range(20):
        phone.mouse.move(box["x"] + 30 + step * 8, box["y"] + 60 + step % 3 * 15)
    phone.mouse.up()


@pytest.mark.parametrize(
    ("width", "theme"), [(390, "light"), (390, "dark"), (320, "light"), (834, "dark"), (1280, "light")]
)
def test_every_page_fits_its_screen_and_axe_finds_nothing_grave(phone, site, presented, patient, width, theme):
    paper = issue(patient.clinic, patient)
    phone.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    phone.set_viewport_size({"width": width, "height": 844})
    pages = ["home/", "me/", "documents/", f"documents/{paper.pk}/", f"consents/{presented.pk}/"]
    found = {}
    for page in ["", None, *pages]:
        if page is None:
            phone.goto(link_for(patient))
            opened(phone)
        phone.goto(f"/portal/{page or ''}")
        fits = phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found[page] = (fits, grave_findings(phone))
    assert {page: each for page, each in found.items() if each != (True, [])} == {}


def test_a_consent_is_read_and_signed_with_a_finger(phone, presented):
    opened(phone)
    phone.click("text=Read and sign your consent >> xpath=.. >> a")
    phone.click("text=Sign this consent")
    assert phone.locator(".error-summary").is_visible()

    sign(phone)
    phone.check("#id_understood")
    phone.click("text=Sign this consent")
    phone.wait_for_selector("text=You have signed")

    assert Consent.objects.get().state == "signed"
    assert len(presented.document.signatures.get().strokes[0]) > 5


def test_a_page_that_is_left_alone_covers_itself_and_a_touch_keeps_it_open(phone, presented):
    opened(phone)
    asked = []
    phone.on("request", lambda request: asked.append((request.method, request.url.rpartition("/portal/")[2])))
    phone.clock.install()
    phone.goto(f"/portal/consents/{presented.pk}/")
    phone.wait_for_load_state("networkidle")
    phone.clock.fast_forward(int(timedelta(minutes=8).total_seconds() * 1000))
    with phone.expect_response("**/portal/stay/") as answer:
        phone.mouse.click(200, 300)
    assert answer.value.status == 204
    phone.clock.fast_forward(int(timedelta(minutes=9).total_seconds() * 1000))
    assert not phone.locator(".idle-cover").is_visible()
    assert [each for each in asked if each[0] == "POST"] == [("POST", "stay/")]

    phone.clock.fast_forward(int(timedelta(minutes=2).total_seconds() * 1000))
    phone.wait_for_selector(".idle-cover")
    assert "Consent" not in phone.title()
