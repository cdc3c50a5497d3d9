"""A patient on a phone: she signs a consent in her language, and tells of a side effect without a log-in."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from documents import pdfs
from documents.models import Document
from patients.actions import portal
from safety.actions import report_links
from safety.models import SideEffectCase
from safety.rules import links
from tests.journeys.test_frame_in_browser import grave_findings
from treatments.actions import consents

PHONE = {"width": 390, "height": 844}
FITS = "document.documentElement.scrollWidth <= innerWidth"
SMALL = (
    "[...document.querySelectorAll('main button, main a.btn, main select, main .form-check-label')]"
    ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))"
)


def picture(page, name):
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def draw(page):
    """Draw a signature with the finger."""
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 30 + step * 20, box["y"] + 60 + (step % 3) * 15)
    page.mouse.up()


@pytest.mark.parametrize(("language", "title"), [("es", "Consentimiento"), ("fr", "Consentement")])
def test_a_patient_signs_a_consent_on_a_phone(browser_page, plan, patient, practitioner, language, title):
    now = timezone.now()
    patient.language = language
    patient.save(update_fields=["language"])
    consent = consents.present(plan, options={"photos_record": True}, language=language, by=practitioner, at=now)
    link = portal.invite(patient, by=practitioner, at=now)
    page = browser_page
    page.set_viewport_size(PHONE)

    page.goto(f"/portal/enter/{link.secret}/")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/portal/home/")
    picture(page, f"portal_home_{language}")
    assert page.evaluate(FITS)
    assert grave_findings(page) == []
    page.locator(f"a[href='/portal/consents/{consent.pk}/']").first.click()
    page.wait_for_selector("canvas")
    assert title in page.locator("h1").inner_text()
    assert page.evaluate(FITS)
    assert grave_findings(page) == []
    page.locator("[name=understood]").check()
    page.locator("canvas").scroll_into_view_if_needed()
    draw(page)
    picture(page, f"portal_consent_{language}")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_selector("canvas", state="detached")

    consent.refresh_from_db()
    assert consent.state == "signed"
    assert consent.signed_by.kind == "patient"


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_patient_tells_of_a_lump_without_a_log_in(browser_page, signed_session, language):
    now = timezone.now()
    patient = signed_session.patient
    patient.language = language
    patient.save(update_fields=["language"])
    report_links.issue(signed_session, by=User.objects.system(), at=now)
    type(patient.portal_links.get()).objects.update(expires_at=now + timedelta(days=180))
    page = browser_page
    page.set_viewport_size(PHONE)

    page.goto(f"/portal/tell/{links.secret_of(signed_session)}/")
    picture(page, f"tell_{language}")
    assert page.evaluate(FITS)
    assert grave_findings(page) == []
    assert page.evaluate(SMALL) == []
    page.locator("[name=symptom][value=pus]").check()
    page.locator("[name=severity][value=moderate]").check()
    page.locator("[name=words]").fill("Es arde <b>mucho</b>")
    page.locator("main form button[type=submit]").last.dblclick()
    page.wait_for_url("**/sent/")
    picture(page, f"told_{language}")
    assert page.locator("main a[href^='tel:']").count() >= 1
    assert grave_findings(page) == []

    case = SideEffectCase.objects.get()
    assert (case.is_red, case.narrative, case.reporter) == (True, "Es arde <b>mucho</b>", "patient")


def test_the_paper_of_a_signed_consent_is_made(plan, practitioner, db):
    consent = consents.present(plan, language="es", by=practitioner, at=timezone.now())
    content = pdfs.file_of(Document.objects.get(pk=consent.document_id))

    assert content.startswith(b"%PDF")
    if folder := os.environ.get("PICTURES"):
        (Path(folder) / "consent_es.pdf").write_bytes(content)
