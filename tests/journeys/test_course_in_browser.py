"""One course from the front desk to the patient's phone, through the pages; WRITE_IMAGES=1 keeps two pictures of it."""

import os
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect
from pypdf import PdfReader

from clinic.demo import house
from clinic.demo.people import PASSWORD
from documents.models import Document
from documents.tasks import render_due
from formulations.models import Preparation
from patients.models import Patient
from scheduling.models import Appointment
from tests.factories.course import Desk, draw, visits_of_others
from treatments.models import TreatmentPlan, TreatmentSession

MONDAY = date(2025, 2, 3)
DATES = ["3 Feb 2025", "10 Feb 2025", "17 Feb 2025", "24 Feb 2025", "10 Mar 2025", "24 Mar 2025"]
LOTS = {"VC-2411-07": "2,0", "GS-2502-03": "1,0", "NS-2410-61": "1.0"}
ZONES = (("forehead", "midline", 20), ("malar", "right", 18), ("malar", "left", 18), ("chin", "midline", 4))
MARKS = {"forehead": (3, 3), "right_malar": (4, 3), "left_malar": (4, 3), "chin": (1, 2)}
DESK, TABLET, PHONE = (1280, 900), (834, 1112), (390, 844)
PICTURES = Path(settings.BASE_DIR) / "docs/images" if os.environ.get("WRITE_IMAGES") else None


@pytest.fixture
def walls(committed, time_machine):
    """The clinic on a Monday morning: open for two weeks, stocked, with a few visits of others."""
    opened = datetime(2025, 1, 20, 8, 0, tzinfo=UTC)
    time_machine.move_to(opened)
    clinic, found = house.build(today=MONDAY, opened_at=opened)
    visits_of_others(clinic, found["staff"], day=MONDAY)
    time_machine.move_to(datetime(2025, 2, 3, 8, 40, tzinfo=UTC))
    return found["staff"]


@pytest.fixture
def desk_of(chromium, site, walls):
    """desk_of(role, size): a browser of its own, logged in by the page."""
    opened = []

    def sit_down(role="", size=DESK):
        context = chromium.new_context(
            reduced_motion="reduce", base_url=site, locale="en-GB", timezone_id="Europe/Madrid", has_touch=size != DESK
        )
        context.set_default_timeout(15_000)
        person = Desk(context, site, size, email=f"{role}@demo.example" if role else "", password=PASSWORD)
        opened.append(person)
        return person

    yield sit_down
    for person in opened:
        person.context.close()
    troubles = [trouble for person in opened for trouble in person.troubles]
    assert not troubles, "\n".join(troubles)


def test_a_course_begins_at_the_front_desk_and_ends_on_the_phone(desk_of, time_machine, settings, site):
    settings.PUBLIC_URL = site
    desk, doctor = desk_of("frontdesk"), desk_of("practitioner")
    patient = registered(desk)
    confirmed(doctor, patient)
    plan = agreed(doctor, patient)
    consented(doctor, desk_of("practitioner", PHONE), plan, time_machine)
    rated(doctor, patient)
    booked(desk, plan)

    tablet = desk_of("practitioner", TABLET)
    session = opened(tablet, plan)
    answered_and_mixed(tablet, session)
    time_machine.shift(timedelta(minutes=4))
    injected(tablet, session, time_machine)
    pictured(tablet, session)
    time_machine.shift(timedelta(minutes=6))
    signed(tablet, session)
    paper_is_right(session)

    booked(desk, plan, ordinal=2)
    read_on_the_phone(desk, desk_of(size=PHONE), patient, site)


def kept(person, name):
    """Take the picture for the guide, where pictures are asked for."""
    if PICTURES:
        person.picture(PICTURES / f"{name}.png")


def registered(desk):
    desk.open("/")
    desk.press("Patients", role="link")
    desk.press("Register", role="link", part=True)
    page = desk.page
    for label, text in {
        "Given name": "Amara",
        "Family name": "Okonkwo-Reyes",
        "Date of birth": "11/06/1986",
        "Telephone": "+34 910 555 101",
        "E-mail": "amara@patients.example",
        "Allergies": "walnuts",
        "Medicines": "ethinylestradiol/levonorgestrel",
        "Weight (kg)": "64,0",
    }.items():
        page.get_by_label(label).first.fill(text)
    page.locator("[name=sex]").select_option("female")
    page.locator("[name=phototype]").select_option(label="IV")
    kept(desk, "register")
    desk.press("Register")
    expect(page).to_have_url(re.compile(r"/patients/\d+/$"))
    patient = Patient.objects.get(family_name="Okonkwo-Reyes")
    expect(page.locator("#patient-banner")).to_contain_text("Allergy")
    for path in (f"/patients/{patient.pk}/", f"/patients/{patient.pk}/history/", f"/patients/{patient.pk}/edit/"):
        desk.open(path)
        assert "walnut" not in page.content()
        assert "ethinyl" not in page.content()
    desk.open(f"/patients/{patient.pk}/team/")
    page.get_by_label("Colleague").select_option(
        label=next(
            text for text in page.get_by_label("Colleague").locator("option").all_inner_texts() if "Marchetti" in text
        )
    )
    desk.press("Put on the team")
    return patient


def confirmed(doctor, patient):
    doctor.open(f"/patients/{patient.pk}/")
    expect(doctor.page.locator("#patient-banner")).to_contain_text("walnuts")
    doctor.press("All of it", role="link")
    while (button := doctor.page.get_by_role("button", name=re.compile("^Confirm"))).count():
        left = button.count()
        button.first.click()
        expect(doctor.page.get_by_role("button", name=re.compile("^Confirm"))).to_have_count(left - 1)
    doctor.look()
    assert not patient.allergies.unreviewed().exists()
    assert not patient.medicines.unreviewed().exists()


def agreed(doctor, patient):
    page = doctor.page
    doctor.open(f"/treatments/patients/{patient.pk}/plans/start/")
    page.locator("a[href='?protocol=melasma-vitc-gsh-6']").click()
    doctor.look()
    page.get_by_label("First session").fill(MONDAY.isoformat())
    doctor.press("Show the dates")
    shown = page.locator("#dates")
    for day in DATES:
        expect(shown).to_contain_text(day)
    doctor.give_reasons()
    page.get_by_label("Price per session").fill("115,00")
    page.get_by_label("Aim agreed").fill("A visibly lighter cheek; a complete clearing is not expected.")
    doctor.press("Agree the plan for Amara Okonkwo-Reyes")
    doctor.confirm_if_asked()
    expect(page.locator("h1")).to_contain_text(re.compile("melasma", re.IGNORECASE))
    kept(doctor, "plan")
    plan = TreatmentPlan.objects.get(patient=patient)
    assert [row.visit.course.label for row in plan.planned_sessions.all()] == [plan.course.label] * 6
    return plan


def consented(doctor, kiosk, plan, time_machine):
    doctor.open(f"/treatments/plans/{plan.pk}/")
    doctor.press("Present the consent", role="link")
    groups = doctor.page.locator("fieldset.yes-no")
    for number in range(groups.count()):
        answer = "Yes" if "for the record" in groups.nth(number).inner_text() else "No"
        groups.nth(number).get_by_text(answer, exact=True).click()
    doctor.press("Write the paper", part=True)
    page = kiosk.page
    kiosk.open(doctor.page.url)
    kiosk.press("Hand the tablet to the patient", role="link")
    expect(page.locator("body")).to_contain_text(re.compile("no controlled trial", re.IGNORECASE))
    page.get_by_label("I have read and understood").check()
    draw(page)
    kept(kiosk, "consent")
    kiosk.press("Sign as Amara Okonkwo-Reyes")
    expect(page.locator("h1")).to_contain_text("Thank you")
    kiosk.look()
    consent = plan.consents.get()
    time_machine.shift(timedelta(minutes=6))
    doctor.open(f"/treatments/consents/{consent.pk}/")
    doctor.press("Countersign", role="link", part=True)
    assert doctor.confirm_if_asked()
    doctor.look()
    draw(doctor.page)
    doctor.press("Countersign for Amara Okonkwo-Reyes")
    doctor.confirm_if_asked()
    expect(doctor.page.locator("main")).to_contain_text("Signatures")
    consent.refresh_from_db()
    assert consent.countersigned_at
    assert consent.options["photos_record"]
    assert not consent.options["photos_marketing"]


def rated(doctor, patient):
    doctor.open(f"/treatments/patients/{patient.pk}/outcomes/mmasi/")
    page = doctor.page
    for area, marks in MARKS.items():
        for name, mark in zip(("area", "darkness"), marks, strict=True):
            page.locator(f"[name={area}-{name}]").select_option(str(mark))
    page.get_by_label("Clinician").check()
    plans = page.get_by_label("Plan", exact=True)
    plans.select_option(index=1)
    expect(page.locator("#hint")).to_contain_text("10.1")
    doctor.press("Save for Amara Okonkwo-Reyes")
    expect(page.locator("main")).to_contain_text("10.1")
    doctor.look()


def booked(desk, plan, ordinal=1):
    page = desk.page
    desk.open("/scheduling/book/")
    page.get_by_role("combobox", name="Patient").press_sequentially("okonk")
    page.locator("[role=option]").first.click()
    desk.press("Next")
    page.get_by_role("link", name=re.compile(f"Visit {ordinal} of 6")).click()
    desk.look()
    page.get_by_label("With").first.select_option(label="Dr Elena Marchetti")
    desk.press("Show")
    page.locator("button[name=slot]").first.click()
    desk.look()
    desk.press("Book for Amara Okonkwo-Reyes")
    desk.look()
    visit = Appointment.objects.get(course_visit__course=plan.course, course_visit__ordinal=ordinal)
    if ordinal > 1:
        return
    assert visit.starts_at.date() == MONDAY
    for step in ("Arrived", "In the room"):
        desk.open(f"/scheduling/day/{MONDAY}/")
        row = page.get_by_role("row").filter(has_text="Okonkwo-Reyes")
        expect(row).to_contain_text("1/6")
        row.get_by_role("button", name=re.compile(step, re.IGNORECASE)).first.click()
        desk.look()
    kept(desk, "today")


def opened(tablet, plan):
    tablet.open(f"/treatments/plans/{plan.pk}/")
    tablet.press("Open session 1", role="link")
    tablet.look()
    tablet.give_reasons()
    tablet.press("Start for Amara Okonkwo-Reyes")
    tablet.confirm_if_asked()
    expect(tablet.page.locator("h1")).to_contain_text("Session 1")
    return TreatmentSession.objects.get(plan=plan)


def answered_and_mixed(tablet, session):
    page = tablet.page
    tablet.look("light", "dark")
    for question in page.locator(".question").all():
        question.locator("input[type=radio]").first.check()
    tablet.decide("Save the answers", "section:has(#check)", again="Save the answers again")
    tablet.look()

    expect(page.get_by_text("The five questions come first.")).to_have_count(0)
    for number, (lot, ml) in enumerate(LOTS.items(), start=1):
        choice = page.locator(f"[name=source_{number}] option", has_text=lot)
        page.locator(f"[name=source_{number}]").select_option(value=choice.get_attribute("value"))
        page.locator(f"[name=volume_{number}]").fill(ml)
    for number in range(len(LOTS) + 1, 5):
        page.locator(f"[name=source_{number}]").select_option(value="")
        page.locator(f"[name=volume_{number}]").fill("")
    page.locator("[name=injected_ml]").fill("3,0")
    page.locator("[name=injected_ml]").press("Tab")
    expect(page.locator("#mix-check")).to_contain_text("37.5")
    assert page.locator("[name=volume_1]").input_value() == "2,0"
    tablet.give_reasons("#mix-check")
    page.locator("#mix-check").scroll_into_view_if_needed()
    kept(tablet, "mix")
    tablet.decide("Prepared", "#mix-check")
    expect(page.locator("#tray")).to_be_visible()
    tablet.look()
    tablet.decide("Time-out: everything fits", ".time-out")
    expect(page.locator("section:has(> .card-header #preparation)")).to_contain_text("Time-out")
    session.refresh_from_db()
    assert session.time_out_at


def injected(tablet, session, time_machine):
    page = tablet.page
    page.locator("[name=antiseptic]").select_option("alcohol")
    tablet.press("First injection now")
    for number, (zone, side, points) in enumerate(ZONES):
        if not page.locator(f"[name=zones-{number}-zone]").count():
            tablet.press("Another zone")
        for name, value in {"zone": zone, "side": side}.items():
            page.locator(f"[name=zones-{number}-{name}]").select_option(value)
        for name, value in {"depth_mm": "1,5", "points": str(points), "ml_per_point": "0,05"}.items():
            page.locator(f"[name=zones-{number}-{name}]").fill(value)
    expect(page.locator("[data-total=points]")).to_have_text("60")
    expect(page.locator("[data-total=used]")).to_have_text("3")
    expect(page.locator("[data-total=left]")).to_have_text("1")
    tablet.decide("Save the zones", "section:has(#zones)")
    time_machine.shift(timedelta(minutes=5))
    tablet.press("Last injection was now")
    session.refresh_from_db()
    assert session.injection_ended_at > session.injection_started_at
    tray = page.locator(".tray")
    for figure in ("60 points", "3 mL", "150 mg", "112.5 mg"):
        expect(tray).to_contain_text(figure)
    tablet.look("light", "dark")


def pictured(tablet, session):
    if PICTURES:
        tablet.page.set_viewport_size({"width": 1180, "height": 820})
        tablet.open(f"/treatments/sessions/{session.pk}/#zones")
        tablet.picture(PICTURES / "session.png")
        tablet.page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})


def signed(tablet, session):
    page = tablet.page
    tablet.open(f"/treatments/sessions/{session.pk}/")
    page.get_by_label("None observed").check()
    tablet.press("Save and end: the patient may leave")
    expect(page.locator("h1")).to_contain_text("Session 1")
    tablet.press("Review and sign for Amara Okonkwo-Reyes", role="link")
    assert tablet.confirm_if_asked()
    tablet.look()
    for figure in ("60", "3 mL", "150 mg", "112.5 mg", "4 mL"):
        expect(page.locator("main")).to_contain_text(figure)
    expect(page.get_by_label("Wasted (mL)")).to_have_value(re.compile(r"^1([.,]0+)?$"))
    kept(tablet, "sign")
    tablet.press("Sign for Amara Okonkwo-Reyes")
    tablet.confirm_if_asked()
    expect(page.locator("main")).to_contain_text("Add an addendum")
    tablet.look("light", "dark")
    session.refresh_from_db()
    mix = Preparation.objects.get()
    assert session.state == "signed"
    assert (mix.total_ml, mix.injected_ml, mix.wasted_ml) == (Decimal(4), Decimal(3), Decimal(1))


def paper_is_right(session):
    assert render_due() >= 1
    paper = Document.objects.get(kind="aftercare", patient=session.patient)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.file.read())).pages)
    for lot in LOTS:
        assert lot in text
    for zone in ("Forehead", "Malar", "Chin"):
        assert zone.lower() in text.lower()


def read_on_the_phone(desk, phone, patient, site):
    desk.open(f"/patients/{patient.pk}/portal/")
    desk.press("Make a link")
    address = desk.page.locator("[data-copy-text]").inner_text()
    assert address.startswith(site)
    desk.look()

    page = phone.page
    phone.open(address)
    phone.press("Open my pages")
    expect(page.locator("h1")).to_contain_text("Your pages")
    expect(page.locator("section:has(#next)")).to_contain_text("10 February 2025")
    phone.look("light", "dark")
    kept(phone, "portal")
    page.get_by_role("link", name="Documents").first.click()
    expect(page.locator("main")).to_contain_text("After your session")
    phone.look()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("PDF.*After your session")).click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name=re.compile("Read.*After your session")).click()
    expect(page.locator("article")).to_contain_text("VC-2411-07")
    phone.look()
