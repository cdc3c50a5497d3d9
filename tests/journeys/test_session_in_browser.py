"""A session on a tablet in a real browser: the mix is checked while it is typed, the table of zones adds up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.dates import local_day
from tests.factories.formulations import lot
from tests.factories.treatments import answered, consented
from tests.journeys.test_frame_in_browser import grave_findings
from treatments.actions import plans, sessions


@pytest.fixture
def room(house, patient, doctor, practitioner):
    """A session of today, screened, with lots on the shelf."""
    now = timezone.now()
    today = local_day(now, house.time_zone)
    protocol = house.protocols.current().get(slug="melasma-vitc-gsh-6")
    plan = plans.start(
        patient,
        protocol=protocol,
        start_on=today if today.isoweekday() < 7 else today + timedelta(days=1),
        practitioner=doctor,
        by=practitioner,
        at=now,
    )
    consented(plan, by=practitioner, at=now)
    for slug in ("vitamin-c", "glutathione", "sodium-chloride"):
        lot(house, slug, expires_on=today + timedelta(days=300))
    early = [{"code": "interval_early", "reason": "Tested on a Sunday"}]
    session = sessions.open_session(plan.planned_sessions.get(ordinal=1), overrides=early, by=practitioner, at=now)
    return answered(session, by=practitioner, at=now)


def test_a_mix_and_its_zones_on_a_tablet(logged_in, practitioner, room):
    page = logged_in(practitioner)
    page.set_viewport_size({"width": 834, "height": 1112})
    page.goto(f"/treatments/sessions/{room.pk}/")
    for number, volume in ((1, "2,0"), (2, "1")):
        page.fill(f"[name=volume_{number}]", volume)
        page.press(f"[name=volume_{number}]", "Tab")
    page.select_option(
        "[name=source_3]", label=page.locator("[name=source_3] option", has_text="chloride").inner_text()
    )
    page.fill("[name=volume_3]", "1.0")
    page.press("[name=volume_3]", "Tab")
    page.wait_for_selector("#mix-check >> text=37.5")
    page.get_by_role("button", name="Prepared", exact=True).click()
    page.wait_for_selector("text=The mix is on the tray")

    row = page.locator(".zone-table tbody tr").first
    row.locator("[name$=-zone]").select_option("malar")
    row.locator("[name$=-side]").select_option("right")
    row.locator("[name$=-depth_mm]").fill("1,5")
    row.locator("[name$=-points]").fill("18")
    row.locator("[name$=-ml_per_point]").fill("0,05")
    row.locator("[data-zone-mirror]").click()
    assert page.locator("[data-total=points]").inner_text() == "36"
    assert page.locator("[data-total=used]").inner_text() in ("1.8", "1,8")
    assert page.locator(".zone-table tbody tr").nth(1).locator("[name$=-side]").input_value() == "left"
    assert grave_findings(page) == []
    page.click("text=Save the zones")
    page.wait_for_selector("text=The zones are recorded")

    assert [row.side for row in room.zone_applications.order_by("ordinal")] == ["right", "left"]


@pytest.mark.parametrize("width", [1280, 834, 390])
def test_the_page_of_a_session_fits_its_screen(logged_in, practitioner, room, width):
    page = logged_in(practitioner)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/treatments/sessions/{room.pk}/")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert grave_findings(page) == []
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main .pick, main select')].filter(e => e.offsetParent"
        " && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"
    )
    assert small == []
