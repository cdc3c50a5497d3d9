"""An owner brings the list of the system used before: three hundred patients, of whom twelve rows are wrong."""

import pytest
from playwright.sync_api import expect

from patients.models import ImportBatch
from tests.cast import PASSWORD
from tests.factories.imports import csv_of, people, worked
from tests.journeys.test_frame_in_browser import grave_findings

WRONG = [f"Nobody{n},Ann,,,,," for n in range(12)]


def sound(page):
    """The page fits every screen and axe has nothing grave to say, in both appearances."""
    for width in (1280, 834, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        page.wait_for_timeout(300)
        assert grave_findings(page) == [], page.url
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def screen(logged_in, owner):
    owner.set_password(PASSWORD)
    owner.save()
    return logged_in(owner)


def test_three_hundred_patients_are_looked_at_taken_in_and_taken_back(screen, clinic, patient, tmp_path):
    page = screen
    known = f"{patient.family_name},{patient.given_name},{patient.born_on},+34699000111,,,"
    (tmp_path / "old patients.csv").write_bytes(csv_of(*people(300), *WRONG, known))

    page.goto("/accounts/settings/")
    page.get_by_role("link", name="Imports").click()
    page.get_by_role("link", name="Send a file").click()
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit], form button[type=submit]").first.click()
    sound(page)
    page.set_input_files("input[type=file]", tmp_path / "old patients.csv")
    page.get_by_role("button", name="Send and name the columns").click()
    expect(page.get_by_label("Date of birth")).to_have_value("2")
    sound(page)
    page.get_by_label("Country of telephone numbers").fill("ES")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("A worker is busy with it")).to_be_visible()
    sound(page)

    worked(ImportBatch.objects.get())
    expect(page.get_by_text("Take in 300 new patients")).to_be_visible()
    expect(page.get_by_text("Date of birth is missing.").first).to_be_visible()
    sound(page)
    with page.expect_download() as file:
        page.get_by_role("link", name="Lines not taken in").click()
    assert len(file.value.path().read_text().splitlines()) == 13
    page.get_by_role("link", name="Here already").click()
    expect(page.get_by_role("link", name=patient.number)).to_be_visible()
    sound(page)
    page.get_by_label("Bring the contact details").check()
    page.get_by_role("button", name="Take in 300 new patients").click()
    expect(page.get_by_text("A worker is busy with it")).to_be_visible()

    worked(ImportBatch.objects.get())
    expect(page.get_by_text("What was taken in")).to_be_visible()
    patient.refresh_from_db()
    assert (clinic.patients.live().count(), patient.phone) == (301, "+34699000111")
    page.get_by_role("link", name="Undo the import").click()
    sound(page)
    page.get_by_label("Reason").fill("The list of another clinic")
    page.get_by_role("button", name="Undo the import").click()

    worked(ImportBatch.objects.get())
    expect(page.get_by_text("What was undone")).to_be_visible()
    assert clinic.patients.live().get() == patient
