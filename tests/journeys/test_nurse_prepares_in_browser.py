"""The nurse prepares on a tablet under the prescriber's order; the practitioner signs it, injects, logs and signs."""

import os
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from formulations.models import Preparation
from tests.cast import PASSWORD
from tests.factories.course import Desk
from tests.factories.treatments import minutes
from treatments.models import Delegation, Order, TreatmentSession

TABLET, WIDE = (834, 1112), (1280, 900)
MIX = {"vitamin-c": "2,0", "glutathione": "1,0", "sodium-chloride": "1,0"}
PLACES = (("malar", "right", 30), ("malar", "left", 30))
SHOTS = os.environ.get("SHOTS", "")
SMALL = """[...document.querySelectorAll('main button, main .btn, main .pick, main select, main input, main summary')]
    .filter(e => e.offsetParent && !['hidden', 'radio', 'checkbox'].includes(e.type)
        && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 110))"""


class Tablet(Desk):
    """A screen that is touched with gloves."""

    def look(self, *themes):
        super().look(*themes)
        for small in self.page.evaluate(SMALL):
            self.note(f"too small to touch: {small}")

    def shot(self, name):
        if SHOTS:
            for width, height in (TABLET, WIDE):
                self.page.set_viewport_size({"width": width, "height": height})
                self.page.wait_for_timeout(200)
                self.page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
            self.page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})


@pytest.fixture
def tablet_of(chromium, site, time_machine, plan, consent):
    """tablet_of(user): a tablet of their own, logged in by the page, on the day of the first session."""
    time_machine.move_to(minutes(0))
    opened = []

    def sit_down(user):
        user.set_password(PASSWORD)
        user.save()
        context = chromium.new_context(
            base_url=site, reduced_motion="reduce", locale="en-GB", timezone_id="Europe/Madrid", has_touch=True
        )
        context.set_default_timeout(15_000)
        opened.append(Tablet(context, site, TABLET, email=user.email, password=PASSWORD))
        return opened[-1]

    yield sit_down
    for person in opened:
        person.context.close()
    troubles = [trouble for person in opened for trouble in person.troubles]
    assert not troubles, "\n".join(troubles)


def test_the_nurse_prepares_under_an_order_and_the_practitioner_logs_and_signs(
    tablet_of, practitioner, nurse, plan, stock, time_machine
):
    doctor, helper = tablet_of(practitioner), tablet_of(nurse)
    delegated(doctor, nurse, plan)
    session = begun(helper, plan)
    asked_for_an_order(helper, session, stock)
    order = ordered(doctor, plan)
    prepared(helper, session, stock)
    time_machine.shift(timedelta(minutes=4))
    injected(doctor, session, time_machine)
    signed(doctor, session)

    mix = Preparation.objects.get()
    session.refresh_from_db()
    assert (mix.prepared_by, mix.session_preparation.order) == (nurse, order)
    assert (session.started_by, session.injected_by, session.signed_by) == (nurse, practitioner, practitioner)
    assert (mix.injected_ml, mix.wasted_ml) == (Decimal(3), Decimal(1))
    assert not session.deviations.exists()


def delegated(doctor, nurse, plan):
    doctor.open("/treatments/delegations/")
    doctor.press("Delegate a protocol", role="link")
    doctor.confirm_if_asked()
    doctor.look("light", "dark")
    doctor.shot("delegate")
    doctor.page.locator("[name=membership]").select_option(label=str(nurse))
    doctor.page.locator("[name=protocol_slug]").select_option(plan.protocol.slug)
    doctor.press("Delegate")
    expect(doctor.page.locator("main table")).to_contain_text(nurse.display_name)
    doctor.look("light", "dark")
    doctor.shot("delegations")
    assert Delegation.objects.get().practitioner == plan.practitioner


def begun(helper, plan):
    helper.open(f"/treatments/plans/{plan.pk}/")
    helper.press("Open session 1", role="link")
    helper.press(f"Start for {plan.patient.full_name}")
    expect(helper.page.locator("h1")).to_contain_text("Session 1")
    for question in helper.page.locator(".question").all():
        question.locator("input[type=radio]").first.check()
    helper.decide("Save the answers", "section:has(#check)", again="Save the answers again")
    return TreatmentSession.objects.get(plan=plan)


def filled(tablet, session, stock):
    """Type the mix on its page and wait for what the check says."""
    page = tablet.page
    tablet.open(f"/treatments/sessions/{session.pk}/preparation/")
    for number, (slug, ml) in enumerate(MIX.items(), start=1):
        page.locator(f"[name=source_{number}]").select_option(f"lot-{stock[slug].pk}")
        page.locator(f"[name=volume_{number}]").fill(ml)
    page.locator("[name=volume_3]").press("Tab")
    expect(page.locator("#mix-check")).to_contain_text("37.5")
    return page


def asked_for_an_order(helper, session, stock):
    page = filled(helper, session, stock)
    expect(page.locator("#mix-check")).to_contain_text("has not signed an order")
    expect(page.locator("#mix-check")).to_contain_text("use before")
    helper.look("light", "dark")
    helper.shot("mix-stopped")
    helper.press("Prepared")
    assert not Preparation.objects.exists()
    helper.press("Ask for an order", role="link")
    helper.look("light", "dark")
    helper.shot("order-ask")
    helper.press("Ask to sign")
    expect(page.locator("h1")).to_contain_text("Session 1")


def ordered(doctor, plan):
    """The task carries the mix; who signs an order proves first who they are."""
    page = doctor.page
    doctor.open("/patients/tasks/")
    page.locator("main a", has_text=re.compile("order|Open", re.IGNORECASE)).first.click()
    page.wait_for_load_state("networkidle")
    doctor.confirm_if_asked()
    expect(page.locator("h1")).to_contain_text("Sign an order")
    for number, ml in enumerate(MIX.values(), start=1):
        expect(page.locator(f"[name=volume_{number}]")).to_have_value(re.compile(rf"^{ml[0]}([.,]0+)?$"))
    doctor.look("light", "dark")
    doctor.shot("order-sign")
    doctor.press("Sign the order")
    doctor.confirm_if_asked()
    expect(page.locator("h1")).to_contain_text("Order of the prescriber")
    doctor.look("light", "dark")
    doctor.shot("order-detail")
    return Order.objects.get(plan=plan)


def prepared(helper, session, stock):
    page = filled(helper, session, stock)
    expect(page.locator("main")).to_contain_text("Order of the prescriber")
    expect(page.locator("#mix-check")).not_to_contain_text("has not signed an order")
    page.locator("[name=injected_ml]").fill("3,0")
    page.locator("[name=injected_ml]").press("Tab")
    helper.look("light", "dark")
    helper.shot("mix-covered")
    helper.decide("Prepared", "#mix-check")
    expect(page.locator("#tray")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Under the order of")
    helper.look("light", "dark")


def injected(doctor, session, time_machine):
    page = doctor.page
    doctor.open(f"/treatments/sessions/{session.pk}/")
    doctor.decide("Time-out: everything fits", ".time-out")
    page.locator("[name=antiseptic]").select_option("alcohol")
    doctor.press("First injection now")
    for number, (zone, side, points) in enumerate(PLACES):
        if not page.locator(f"[name=zones-{number}-zone]").count():
            doctor.press("Another zone")
        for name, value in {"zone": zone, "side": side}.items():
            page.locator(f"[name=zones-{number}-{name}]").select_option(value)
        for name, value in {"depth_mm": "1,5", "points": str(points), "ml_per_point": "0,05"}.items():
            page.locator(f"[name=zones-{number}-{name}]").fill(value)
    expect(page.locator("[data-total=used]")).to_have_text("3")
    doctor.decide("Save the zones", "section:has(#zones)")
    time_machine.shift(timedelta(minutes=5))
    doctor.press("Last injection was now")
    doctor.look("light", "dark")


def signed(doctor, session):
    page, name = doctor.page, session.patient.full_name
    doctor.open(f"/treatments/sessions/{session.pk}/")
    page.get_by_label("None observed").check()
    doctor.press("Save and end: the patient may leave")
    doctor.press(f"Review and sign for {name}", role="link")
    doctor.confirm_if_asked()
    doctor.look("light", "dark")
    doctor.shot("sign-off")
    for figure in ("60", "3 mL", "150 mg", "4 mL"):
        expect(page.locator("main")).to_contain_text(figure)
    doctor.press(f"Sign for {name}")
    doctor.confirm_if_asked()
    expect(page.locator("main")).to_contain_text("Add an addendum")
    session.refresh_from_db()
    assert session.state == "signed"
